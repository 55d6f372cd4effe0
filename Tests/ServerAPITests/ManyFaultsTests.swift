import HTTPServing
import JSONFields
import Testing

/// However much is wrong with a request, its answer is short.
@Suite(.timeLimit(.minutes(5))) struct ManyFaultsTests {
    @Test("of many faults the first are listed and the rest counted, and long names are cut")
    func manyFaults() async throws {
        try await withAPI(.inProcess) { api in
            let path = try await UploadedStatesTests.smallModel(api, "cartpole")
            let names = (0..<5000).map { "\"name\($0)\":1" }.joined(separator: ",")
            let long = String(repeating: "x", count: 100_000)
            for path in [path, "/v1/jobs"] {
                let many = try await api.send(
                    .post,
                    path,
                    headers: Self.json,
                    body: Array("{\"states\":[1],\"preset\":\"catch\",\(names)}".utf8)
                )
                #expect(many.status == 400 && many.json["details"].count == 20)
                #expect(many.json["error"] == "5001 fields are wrong, the first 20 are listed")
                #expect(many.body.count < 4_000)
                for body in [
                    "{\"\(long)\":1}", "{\"\(long)\":1,\"\(long)\":2}", "{\"preset\":\"\(long)\"}",
                    "{\"states\":\"\(long)\"}",
                    "{\"seed\":[\"\(long)\"],\"shape\":{\"\(long)\":0}}",
                ] {
                    let answer = try await api.send(
                        .post,
                        path,
                        headers: Self.json,
                        body: Array(body.utf8)
                    )
                    #expect(answer.status == 400 && answer.body.count < 1_000, "\(body.prefix(20))")
                }
            }
            for options in [
                "\"\(long)\":1", "\"slippery\":\"\(long)\"", "\"map\":\"\(long)\"", names,
            ] {
                let job = "{\"preset\":\"frozen-lake\",\"environment_options\":{\(options)}}"
                let answer = try await api.send(
                    .post,
                    "/v1/jobs",
                    headers: Self.json,
                    body: Array(job.utf8)
                )
                #expect(answer.status == 400 && answer.body.count < 4_000, "\(options.prefix(20))")
            }
            let key = try await api.send(.get, "/v1/jobs/\(long.prefix(2000))")
            #expect(key.status == 404 && key.body.count < 500)
            let type = try await api.send(
                .post,
                path,
                headers: ["Content-Type": "text/\(long.prefix(2000))"],
                body: [1]
            )
            #expect(type.status == 415 && type.body.count < 500)
            let query = try await api.send(.post, "\(path)?\(long.prefix(2000))=1", body: [1])
            #expect(query.status == 400 && query.body.count < 500)
        }
    }

    private static let json = ["Content-Type": "application/json"]
}
