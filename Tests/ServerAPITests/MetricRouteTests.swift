import DeepQLearning
import HTTPServing
import JSONFields
import RunStorage
import ServerAPI
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct MetricRouteTests {
    @Test("curves come along any axis, cut to a number of points", arguments: Transport.allCases)
    func curves(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            let all = try await api.get("/v1/jobs/\(id)/metrics").json
            let names = all["series"].elements.compactMap { $0["name"].string }
            #expect(
                Set(["loss", "mean_q", "epsilon", "td_error", "episode_return"]).isSubset(of: names)
            )
            let loss = try await api.get("/v1/jobs/\(id)/metrics?names=loss").json["series"]
            #expect(loss.count == 1)
            #expect(loss[0]["x"].elements.compactMap(\.integer) == [100, 200, 300, 400, 500, 600])
            let cut = try await api.get(
                "/v1/jobs/\(id)/metrics?names=loss&max_points=2&x=gradient_updates"
            ).json["series"][0]
            #expect(cut["x"].count == 2 && cut["min"].count == 2 && cut["max"].count == 2)
            let part = try await api.get("/v1/jobs/\(id)/metrics?names=loss&from=150&to=320").json
            #expect(part["series"][0]["x"].elements.compactMap(\.integer) == [200, 300])
            // The same average at the same place, whatever part is asked for.
            let smooth = "/v1/jobs/\(id)/metrics?names=loss&smoothing=0.9"
            let whole = try await api.get(smooth).json["series"][0]
            let piece = try await api.get("\(smooth)&from=150&to=320").json["series"][0]
            #expect(whole["smoothed"].count == 6 && whole["smoothed_count"].integer == 6)
            #expect(piece["smoothed"].elements == Array(whole["smoothed"].elements[1...2]))
            #expect(piece["smoothed_count"].integer == 3)
        }
    }

    @Test("every recorded point comes as CSV", arguments: Transport.allCases)
    func table(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            let answer = try await api.send(
                .get,
                "/v1/jobs/\(id)/metrics?names=loss",
                headers: ["Accept": "text/csv"]
            )
            #expect(answer.headers["content-type"] == "text/csv; charset=utf-8")
            let lines = answer.text.split(separator: "\n")
            #expect(lines.count == 7)
            #expect(lines[0].hasPrefix("name,agent_steps,"))
            #expect(lines[1].hasPrefix("loss,100,100,"))
            let same = try await api.get("/v1/jobs/\(id)/metrics?names=loss&format=csv")
            #expect(same.text == answer.text)
        }
    }

    @Test("a wrong parameter is named with what would be right")
    func wrongParameters() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create(["preset": "routes"])
            for (query, message) in [
                ("max_points=0", "?max_points: must be a whole number 1...100000, got \"0\""),
                ("x=steps", "?x: must be one of agent_steps, environment_frames,"),
                ("nmaes=loss", "?nmaes: unknown parameter; did you mean \"names\"?"),
                ("from=a", "?from: must be a number, got \"a\""),
                ("smoothing=1", "?smoothing: must be 0 or more and less than 1"),
                ("from=5&to=2", "?from: must be at most ?to, 2.0, got 5.0"),
                ("names=losss", "?names: there is no series \"losss\"; did you mean \"loss\"?"),
                ("names=", "?names: must name a series, such as loss, got \"\""),
                ("names=loss,qqqqqqqq", "?names: there is no series \"qqqqqqqq\"; there are "),
            ] {
                let answer = try await api.get("/v1/jobs/\(id)/metrics?\(query)")
                #expect(answer.status == 400)
                #expect(answer.json["error"].string?.hasPrefix(message) == true, "\(answer.text)")
            }
        }
    }

    @Test("a series that a job has not recorded yet is not an error")
    func notYet() async throws {
        try await withAPI(.inProcess) { api in
            try api.services.store.create(.recorded("a"))
            let answer = try await api.get("/v1/jobs/a/metrics?names=loss")
            #expect(answer.status == 200 && answer.json["series"].count == 0)
        }
    }

    @Test("the axes and metrics of the API are those that jobs measure")
    func defined() async throws {
        try await withAPI(.inProcess) { api in
            let document = try await api.get("/openapi.json").json
            let axes = TrainingAxis.allCases.map(\.rawValue)
            let query = document["paths"]["/v1/jobs/{id}/metrics"]["get"]["parameters"]
            let along = query.elements.first { $0["name"] == "x" }
            #expect(along?["schema"]["enum"].elements.map(\.string) == axes)
            let progress = document["components"]["schemas"]["Job"]["properties"]["progress"]
            for axis in axes { #expect(progress["properties"][axis] != .null) }
            try api.services.store.create(.recorded("a"))
            let job = try await api.get("/v1/jobs/a").json
            for axis in axes { #expect(job["progress"][axis].double == 0) }
            let table = try await api.get("/v1/jobs/a/metrics?format=csv")
            #expect(table.text == "name,\(axes.joined(separator: ",")),value\n")
        }
    }

    @Test("a table breaks off without its last chunk when the job is deleted meanwhile")
    func deletedMeanwhile() async throws {
        try await withAPI(.loopback) { api in
            let store = api.services.store
            let job = JobRecord.recorded("a")
            try store.create(job)
            // 20 MB, more than the sockets' buffers hold.
            let event = TrainingEvent(
                .metrics([Metric("loss", 1 / 3)]),
                at: job.progress.position,
                time: 0
            )
            try store.record(Array(repeating: event, count: 600_000), of: job)
            let port = try #require(api.port)
            let reader = try PausingReader(port: port)
            let text = try await onThread { () -> String in
                try reader.get("/v1/jobs/a/metrics?format=csv")
                // The header and the first lines have come, and nothing more is read.
                _ = try reader.read()
                try store.deleteJob("a")
                return try reader.readToEnd()
            }
            #expect(!text.hasSuffix("0\r\n\r\n"))
            #expect(api.unforeseen.isEmpty)
        }
    }
}

extension JobRecord {
    /// A job that has ended, whose events a test writes itself.
    static func recorded(_ id: String) -> JobRecord {
        var record = JobRecord(
            id: id,
            specification: JobSpecification(
                name: id,
                environment: "cartpole",
                algorithm: .dqn(DQNHyperparameters())
            ),
            createdAt: 0
        )
        record.state = .completed
        return record
    }
}
