import HTTPServing
import JSONFields
import ServerAPI
import Testing
import Training

/// What was deleted is gone for every route, whatever it was and whatever is asked at the same moment.
@Suite(.timeLimit(.minutes(5))) struct DeletionRouteTests {
    private static let verbs = ["stop", "pause", "resume", "checkpoints"]

    @Test("a job deleted while others ask for it answers 404 to all that comes after")
    func races() async throws {
        try await withAPI(.inProcess) { api in
            for _ in 0..<4 { _ = try await api.create(APIUnderTest.endlessJob) }
            for verb in Self.verbs {
                for _ in 0..<5 {
                    let id = try await api.create(APIUnderTest.endlessJob)
                    #expect(try await api.get("/v1/jobs/\(id)").json["state"] == "queued")
                    #expect(try await api.send(.post, "/v1/jobs/\(id)/stop").status == 200)
                    async let beside = api.send(.post, "/v1/jobs/\(id)/\(verb)")
                    async let deletion = api.send(.delete, "/v1/jobs/\(id)")
                    let (deleted, other) = try await (deletion.status, beside.status)
                    #expect(deleted == 204)
                    // It came before or after.
                    #expect([200, 404, 409].contains(other))
                    try await expectGone(id, api)
                }
            }
        }
    }

    @Test("a job deleted as soon as it has ended is gone, too")
    func afterItsEnd() async throws {
        try await withAPI(.inProcess) { api in
            for _ in 0..<5 {
                let id = try await api.create(APIUnderTest.endlessJob)
                try await api.waitForSteps(of: id)
                #expect(try await api.send(.post, "/v1/jobs/\(id)/stop").status == 200)
                #expect(try await api.send(.delete, "/v1/jobs/\(id)").status == 204)
                try await expectGone(id, api)
            }
        }
    }

    private func expectGone(_ id: String, _ api: APIUnderTest) async throws {
        for verb in Self.verbs {
            let answer = try await api.send(.post, "/v1/jobs/\(id)/\(verb)")
            #expect(answer.status == 404, "\(verb): \(answer.text)")
        }
        for part in ["", "/metrics", "/events", "/frame.png", "/checkpoints"] {
            #expect(try await api.get("/v1/jobs/\(id)\(part)").status == 404)
        }
        #expect(try await api.send(.delete, "/v1/jobs/\(id)").status == 404)
    }
}
