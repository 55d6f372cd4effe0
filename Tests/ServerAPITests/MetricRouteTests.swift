import HTTPServing
import JSONFields
import Testing

@Suite(.timeLimit(.minutes(2))) struct MetricRouteTests {
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
            ] {
                let answer = try await api.get("/v1/jobs/\(id)/metrics?\(query)")
                #expect(answer.status == 400)
                #expect(answer.json["error"].string?.hasPrefix(message) == true, "\(answer.text)")
            }
        }
    }
}
