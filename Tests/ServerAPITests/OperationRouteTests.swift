import HTTPServing
import JSONFields
import ServerAPI
import Testing

@Suite(.timeLimit(.minutes(5))) struct OperationRouteTests {
    @Test(
        "health is told as JSON, and readiness ends before the server does",
        arguments: Transport.allCases
    )
    func health(transport: Transport) async throws {
        try await withAPI(transport) { api in
            #expect(try await api.get("/livez").json == ["live": true])
            #expect(try await api.get("/readyz").json == ["ready": true])
            api.services.readiness.end()
            let answer = try await api.get("/readyz")
            #expect(answer.status == 503)
            #expect(answer.json == ["ready": false, "reason": "the server is shutting down"])
            #expect(try await api.get("/livez").status == 200)
            let job = try await api.post("/v1/jobs", ["preset": "routes"])
            #expect(job.status == 503 && job.headers["retry-after"] == "5")
        }
    }

    @Test(
        "errors of every layer are JSON with a sentence and a word",
        arguments: Transport.allCases
    )
    func errors(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let unknown = try await api.get("/v1/nothing")
            #expect(unknown.status == 404 && unknown.json["code"] == "not_found")
            let method = try await api.send(.put, "/v1/jobs")
            #expect(method.status == 405)
            #expect(method.headers["allow"] == "GET, HEAD, POST, OPTIONS")
            #expect(method.json["error"].string?.isEmpty == false)
            let traversal = try await api.get("/%2e%2e/etc/passwd")
            #expect(traversal.status == 400 && traversal.json["code"] == "malformed_path")
        }
    }

    @Test("with a token only who shows it may ask, health excepted")
    func token() async throws {
        try await withAPI(.inProcess, token: "secret") { api in
            let refused = try await api.get("/v1/jobs")
            #expect(refused.status == 401 && refused.headers["www-authenticate"] == "Bearer")
            #expect(refused.json["error"].string?.isEmpty == false)
            let bearer = ["Authorization": "Bearer secret"]
            #expect(try await api.send(.get, "/v1/jobs", headers: bearer).status == 200)
            #expect(try await api.get("/livez").status == 200)
        }
    }

    @Test("a foreign page may change nothing")
    func foreignOrigin() async throws {
        try await withAPI(.inProcess) { api in
            let answer = try await api.send(
                .post,
                "/v1/jobs",
                headers: ["Origin": "http://evil.example", "Content-Type": "application/json"],
                body: Array("{\"preset\":\"routes\"}".utf8)
            )
            #expect(answer.status == 403)
        }
    }

    @Test("environments and presets say what they are, and what cannot run here why")
    func catalog() async throws {
        try await withAPI(.inProcess) { api in
            let environments = try await api.get("/v1/environments").json["environments"]
            let games = environments.elements.filter {
                $0["id"].string?.hasPrefix("atari/") == true
            }
            #expect(games.count == 104)
            let remote = environments.elements.first { $0["id"] == "http" }
            #expect(remote?["available"] == true)
            #expect(remote?["observation"] == .null)
            let breakout = environments.elements.first { $0["id"] == "atari/breakout" }
            #expect(breakout?["available"] == false)
            #expect(breakout?["reason"].string?.contains("make python-environment") == true)
            #expect(breakout?["actions"] == ["NOOP", "FIRE", "RIGHT", "LEFT"])
            let catching = try #require(environments.elements.first { $0["id"] == "catch" })
            #expect(catching["observation"] == ["shape": [4, 84, 84], "scalar": "uint8"])
            let presets = try await api.get("/v1/presets").json["presets"]
            #expect(
                presets.elements.compactMap { $0["name"].string } == [
                    "routes", "frozen-lake", "cartpole", "catch", "pqn-cartpole", "mountain-car",
                    "acrobot", "lunar-lander", "minatar", "atari-100k", "atari-quantile", "pqn",
                    "atari-fast", "rainbow-lite", "rainbow", "atari-nature",
                ]
            )
        }
    }

    @Test("the counters are in Prometheus' format")
    func prometheus() async throws {
        try await withAPI(.loopback) { api in
            let id = try await api.create(["preset": "routes"])
            try await api.waitForEnd(of: id)
            let answer = try await api.get("/metrics")
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.text.hasSuffix("\n"))
            #expect(answer.text.contains("dqn_jobs{state=\"completed\"} 1.0\n"))
            #expect(answer.text.contains("dqn_train_env_steps_total 10000.0\n"))
            var described = Set<Substring>()
            for line in answer.text.split(separator: "\n") {
                if line.hasPrefix("# TYPE ") {
                    #expect(described.insert(line.split(separator: " ")[2]).inserted)
                } else if !line.hasPrefix("#") {
                    let parts = line.split(separator: " ")
                    #expect(parts.count == 2 && Double(parts[1]) != nil)
                    #expect(described.contains { parts[0].hasPrefix($0) })
                }
            }
        }
    }

    @Test("the counters of training do not fall when a job is deleted, nor after a restart")
    func monotoneCounters() async throws {
        var folder = ""
        try await {
            let api = try APIUnderTest(.inProcess)
            folder = api.dataFolder
            let id = try await api.create(["preset": "routes"])
            try await api.waitForEnd(of: id)
            let before = try await trainingCounters(api)
            #expect(before["dqn_train_agent_steps_total"] == 10_000)
            #expect(before["dqn_train_environment_frames_total"] == 10_000)
            #expect(before["dqn_train_env_steps_total"] == 10_000)
            #expect((before["dqn_train_episodes_total"] ?? 0) > 0)
            #expect(try await api.send(.delete, "/v1/jobs/\(id)").status == 204)
            #expect(try await trainingCounters(api) == before)
            await api.end(keepingFolder: true)
        }()
        let api = try APIUnderTest(.inProcess, folder: folder)
        #expect(try await trainingCounters(api)["dqn_train_agent_steps_total"] == 10_000)
        await api.end()
    }

    private func trainingCounters(_ api: APIUnderTest) async throws -> [String: Double] {
        var counters: [String: Double] = [:]
        for line in try await api.get("/metrics").text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard line.hasPrefix("dqn_train_"), parts[0].hasSuffix("_total") else { continue }
            counters[String(parts[0])] = Double(parts[1])
        }
        return counters
    }

    @Test("the page comes with the fields that keep it to itself")
    func page() async throws {
        try await withAPI(.loopback) { api in
            let page = try await api.get("/")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(
                page.headers["content-security-policy"]?.hasPrefix("default-src 'self'") == true
            )
        }
    }

    @Test("a table can be looked at while it is learned, and after")
    func table() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create([
                "preset": "frozen-lake", "total_agent_steps": 1_000_000_000, "evaluation": nil,
            ])
            try await api.waitForSteps(of: id)
            let table = try await api.get("/v1/jobs/\(id)/q-table").json
            #expect(table["q_values"].count == 16 && table["q_values"][0].count == 4)
            #expect(table["action_names"].count == 4)
            _ = try await api.send(.post, "/v1/jobs/\(id)/stop")
            let last = try await api.get("/v1/jobs/\(id)/q-table").json
            #expect(last["q_values"].count == 16)
            #expect(
                last["agent_steps"]
                    == (try await api.get("/v1/jobs/\(id)").json["progress"]["agent_steps"])
            )
        }
    }

    @Test("what the agent sees comes as a picture of any size", arguments: Transport.allCases)
    func frame(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create([
                "preset": "catch", "total_agent_steps": 1_000_000_000, "evaluation": nil,
                "hyperparameters": ["learning_starts_agent_steps": 1_000_000_000],
            ])
            try await api.waitForSteps(of: id)
            for (query, width, height) in [
                ("", 84, 84), ("?scale=4", 336, 336), ("?stack=1", 336, 84),
            ] {
                let answer = try await api.get("/v1/jobs/\(id)/frame.png\(query)")
                #expect(answer.headers["content-type"] == "image/png")
                // IHDR: width and height as four bytes each, from byte 16.
                let size = answer.body[16..<24].map(Int.init)
                #expect(size[2] * 256 + size[3] == width && size[6] * 256 + size[7] == height)
            }
            #expect(try await api.get("/v1/jobs/\(id)/frame.png?scale=0").status == 400)
            _ = try await api.send(.post, "/v1/jobs/\(id)/stop")
            #expect(try await api.get("/v1/jobs/\(id)/frame.png").status == 409)
        }
    }

    @Test("the OpenAPI document names every route, and no other")
    func openAPI() async throws {
        try await withAPI(.inProcess) { api in
            let document = try await api.get("/openapi.json").json
            #expect(document["openapi"] == "3.1.0")
            guard case .object(let paths) = document["paths"] else {
                Issue.record("there are no paths")
                return
            }
            let documented = paths.fields.flatMap { path, methods -> [String] in
                guard case .object(let methods) = methods else { return [] }
                return methods.fields.map { "\($0.name.uppercased()) \(path)" }
            }
            let routes = ServerAPI(api.services, page: nil).router.patterns.map {
                $0.replacing(":int}", with: "}")
            }
            #expect(Set(documented) == Set(routes))
        }
    }

    @Test("the OpenAPI document knows every hyperparameter of every preset")
    func documentedHyperparameters() async throws {
        try await withAPI(.inProcess) { api in
            let document = try await api.get("/openapi.json").json
            let presets = try await api.get("/v1/presets").json["presets"]
            let schemas = document["components"]["schemas"]
            for schema in ["JobRequest", "Job"] {
                let reference = schemas[schema]["properties"]["hyperparameters"]["$ref"]
                #expect(reference == "#/components/schemas/Hyperparameters")
            }
            let known = Set(
                ["DQN", "PQN", "QLearning"].flatMap { algorithm in
                    names(schemas["\(algorithm)Hyperparameters"]["properties"])
                }
            )
            for preset in presets.elements {
                let given = names(preset["job"]["hyperparameters"])
                #expect(!given.isEmpty && given.subtracting(known) == [], "\(preset["name"])")
            }
        }
    }

    private func names(_ value: JSONValue) -> Set<String> {
        guard case .object(let object) = value else { return [] }
        return Set(object.fields.map(\.name))
    }
}
