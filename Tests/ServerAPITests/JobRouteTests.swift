import HTTPServing
import JSONFields
import RunStorage
import ServerAPI
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct JobRouteTests {
    @Test(
        "a job from a preset states every value, and runs to its end",
        arguments: Transport.allCases
    )
    func lifecycle(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let created = try await api.post("/v1/jobs", ["preset": "routes", "seed": 4])
            #expect(created.status == 201)
            let id = try #require(created.json["id"].string)
            #expect(created.headers["location"] == "/v1/jobs/\(id)")
            #expect(created.json["algorithm"] == "q_learning" && created.json["seed"] == 4)
            #expect(created.json["hyperparameters"]["discount"] == 0.9)
            #expect(created.json["state"] == "queued" && created.json["failure"] == nil)
            try await api.waitForEnd(of: id)
            let job = try await api.get("/v1/jobs/\(id)").json
            #expect(job["state"] == "completed")
            #expect(job["progress"]["agent_steps"] == 10_000)
            #expect(job["best"]["mean_return"] == 11)
            #expect(job["ended_at"].string?.hasSuffix("Z") == true)
            let listed = try await api.get("/v1/jobs?state=completed&environment=routes").json
            #expect(listed["jobs"][0] == job && listed["next"] == nil)
            #expect(try await api.send(.delete, "/v1/jobs/\(id)").status == 204)
            #expect(try await api.get("/v1/jobs/\(id)").status == 404)
        }
    }

    @Test(
        "a job is paused, resumed and stopped, and what is answered has happened",
        arguments: Transport.allCases
    )
    func control(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create(APIUnderTest.endlessJob)
            try await api.waitForSteps(of: id)
            func change(_ verb: String) async throws -> APIUnderTest.Answer {
                try await api.send(.post, "/v1/jobs/\(id)/\(verb)")
            }
            let paused = try await change("pause")
            #expect(paused.status == 200 && paused.json["state"] == "paused")
            #expect(try await change("pause").json == paused.json)
            let still = try await api.get("/v1/jobs/\(id)").json
            #expect(still["progress"]["agent_steps"] == paused.json["progress"]["agent_steps"])
            #expect(try await change("resume").json["state"] == "running")
            #expect(try await api.send(.delete, "/v1/jobs/\(id)").status == 409)
            let stopped = try await change("stop")
            #expect(stopped.status == 200 && stopped.json["state"] == "stopped")
            #expect(try await change("stop").json["state"] == "stopped")
            let conflict = try await change("resume")
            #expect(conflict.status == 409 && conflict.json["code"] == "job_state_conflict")
            #expect(conflict.json["error"].string == "cannot resume job \(id): it is stopped")
        }
    }

    @Test("the same idempotency key makes one job, with another body none")
    func idempotency() async throws {
        try await withAPI(.inProcess) { api in
            func create(_ job: JSONValue) async throws -> APIUnderTest.Answer {
                try await api.send(
                    .post,
                    "/v1/jobs",
                    headers: ["Idempotency-Key": "k1", "Content-Type": "application/json"],
                    body: job.text
                )
            }
            let first = try await create(["preset": "routes"])
            let again = try await create(["preset": "routes"])
            #expect(first.status == 201 && again.status == 201)
            #expect(first.json["id"] == again.json["id"])
            let other = try await create(["preset": "frozen-lake"])
            #expect(other.status == 409 && other.json["code"] == "idempotency_key_reused")
            #expect(try await api.get("/v1/jobs").json["jobs"].count == 1)
        }
    }

    @Test("an idempotency key that is none makes no job")
    func idempotencyFaults() async throws {
        try await withAPI(.inProcess) { api in
            for key in ["", String(repeating: "k", count: 256)] {
                let answer = try await api.send(
                    .post,
                    "/v1/jobs",
                    headers: ["Idempotency-Key": key, "Content-Type": "application/json"],
                    body: Array("{\"preset\":\"routes\"}".utf8)
                )
                #expect(answer.status == 400 && answer.json["code"] == "invalid_idempotency_key")
            }
            #expect(try await api.get("/v1/jobs").json["jobs"].count == 0)
        }
    }

    @Test("jobs are listed newest first, in parts")
    func listing() async throws {
        try await withAPI(.inProcess) { api in
            var ids: [String] = []
            for _ in 0..<5 { ids.append(try await api.create(["preset": "routes"])) }
            var (seen, cursor) = ([String](), "")
            repeat {
                let page = try await api.get("/v1/jobs?limit=2\(cursor)").json
                seen += page["jobs"].elements.compactMap { $0["id"].string }
                cursor = page["next"].string.map { "&after=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(seen == ids.reversed())
        }
    }

    @Test("what is no cursor, environment or state is refused, and never the first part again")
    func listingFaults() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create(["preset": "routes"])
            for (query, sentence) in [
                ("after=abc", "?after: must be the \"next\" of an earlier answer, got \"abc\""),
                ("after=\(id)", "must be the \"next\" of an earlier answer, got \"\(id)\""),
                ("after=9999", "?after: must be the \"next\""),
                ("after=before-0", "?after: must be the \"next\""),
                ("after=before-%2B1", "?after: must be the \"next\""),
                ("after=", "?after: must be the \"next\" of an earlier answer, got \"\""),
                ("limit=0", "?limit: must be a whole number 1...1000, got \"0\""),
                ("limit=2&limit=3", "?limit: is given more than once"),
                ("limt=2", "?limt: unknown parameter; did you mean \"limit\"?"),
                ("state=done", "?state: must be one of queued, running, paused, completed"),
                (
                    "environment=cartpol",
                    "?environment: unknown environment \"cartpol\"; did you mean \"cartpole\"?"
                ),
                ("environment=", "?environment: must not be empty"),
                ("environment=a%E2%80%AE", "got U+202E as character 2"),
            ] {
                let answer = try await api.get("/v1/jobs?\(query)")
                #expect(answer.status == 400 && answer.json["code"] == "invalid_request")
                #expect(answer.json["error"].string?.contains(sentence) == true, "\(answer.text)")
            }
            #expect(try await api.get("/v1/jobs?environment=catch").json["jobs"].count == 0)
            #expect(try await api.get("/v1/jobs?after=before-1").json["jobs"].count == 0)
        }
    }

    @Test("a job is called what its preset is called where it has no name of its own")
    func names() async throws {
        try await withAPI(.inProcess) { api in
            let unnamed = try await api.post("/v1/jobs", ["preset": "routes"])
            #expect(unnamed.json["name"] == "routes")
            let named = try await api.post("/v1/jobs", ["preset": "routes", "name": "名前 1"])
            #expect(named.json["name"] == "名前 1")
        }
    }

    @Test("after a restart jobs, metrics and checkpoints are there, and unfinished jobs wait")
    func restart() async throws {
        let before = try await Self.firstServer()
        let second = try APIUnderTest(.inProcess, folder: before.folder)
        let id = before.job["id"].string ?? ""
        #expect(try await second.get("/v1/jobs/\(id)").json == before.job)
        #expect(try await second.get("/v1/jobs/\(id)/metrics").json == before.metrics)
        let checkpoints = try await second.get("/v1/jobs/\(id)/checkpoints").json["checkpoints"]
        #expect(checkpoints.count == 3)
        let answer = try await second.post("/v1/models/\(id)/q-values", ["states": [0, 0, 0, 0]])
        #expect(answer.status == 200)
        // Whoever starts the server hands them to the scheduler.
        let unfinished = try await second.services.store.unfinishedJobs()
        #expect(unfinished.map(\.id) == ["lost"])
        await second.end()
    }

    /// What a server leaves behind that finished one job and lost another.
    private static func firstServer() async throws -> (
        folder: String, job: JSONValue, metrics: JSONValue
    ) {
        let api = try APIUnderTest(.inProcess)
        let id = try await api.create(APIUnderTest.smallJob)
        try await api.waitForEnd(of: id)
        // As a crash leaves it: a running job in the store, and no scheduler that knows of it.
        let done = try #require(try await api.services.store.job(id))
        var lost = JobRecord(id: "lost", specification: done.specification, createdAt: 0)
        lost.state = .running
        try api.services.store.create(lost)
        let job = try await api.get("/v1/jobs/\(id)").json
        let metrics = try await api.get("/v1/jobs/\(id)/metrics").json
        await api.end(keepingFolder: true)
        return (api.dataFolder, job, metrics)
    }
}
