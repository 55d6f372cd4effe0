import Foundation
import HTTPClients
import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct CurlTests {
    private let app = application { router in
        router.onLoop(.get, "/hello") { _ in HTTPResponse(text: "hello") }
        router.on(.post, "/echo", bodyLimitBytes: 4 << 20) { request in
            HTTPResponse(bytes: request.body, contentType: "application/octet-stream")
        }
        router.on(.put, "/items/{id}") { request in
            HTTPResponse(.created, text: request.parameters["id"])
        }
        router.on(.delete, "/items/{id}") { _ in HTTPResponse(.noContent) }
        router.on(.get, "/text") { _ in
            HTTPResponse(text: String(repeating: "hello ", count: 10_000))
        }
        router.on(.get, "/stream") { _ in
            let count = Counter()
            return HTTPResponse(
                body: .stream(
                    HTTPStream {
                        count.increment() <= 100 ? [UInt8](repeating: 7, count: 10_000) : nil
                    }
                )
            )
        }
        router.on(.post, "/form") { request in
            let form = try MultipartFormData(
                request.body,
                contentType: request.headers["Content-Type"] ?? ""
            )
            let lines = form.parts.map { part in
                "\(part.name) \(part.filename ?? "-") \(part.range.count)"
            }
            return HTTPResponse(text: lines.joined(separator: "\n"))
        }
    }

    /// What happens between the client and a server of `app`, off the threads of its handlers.
    private func with(
        _ body: @escaping @Sendable (CurlClient, String) throws -> Void
    ) async throws {
        try await serving(app) { server in
            let base = "http://\(server.endpoint)"
            try await onThread { try body(try CurlClient(), base) }
        }
    }

    @Test("one connection carries all kinds of requests")
    func keepAlive() async throws {
        try await with { curl, base in
            let first = try curl.perform("\(base)/hello")
            #expect(first.status == 200 && first.text == "hello" && first.newConnections == 1)
            #expect(first.version == 2)
            for (method, path, status, body) in [
                ("HEAD", "/hello", 200, ""), ("PUT", "/items/a%20b", 201, "a b"),
                ("DELETE", "/items/7", 204, ""), ("GET", "/nothing", 404, nil),
                ("PATCH", "/hello", 405, nil), ("BREW", "/hello", 501, nil),
                ("OPTIONS", "/hello", 204, ""), ("GET", "/hello", 200, "hello"),
            ] as [(String, String, Int, String?)] {
                let answer = try curl.perform("\(base)\(path)", .init(method: method))
                #expect(answer.status == status, "\(method) \(path)")
                #expect(answer.newConnections == 0, "\(method) \(path)")
                if let body { #expect(answer.text == body) }
            }
        }
    }

    @Test("bodies of any size come back as they went, with a length and in chunks")
    func bodies() async throws {
        try await with { curl, base in
            for size in [0, 1, 1_000, 65_535, 65_536, 100_003, 3_000_000] {
                let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                for isChunked in [false, true] where !isChunked || size > 0 {
                    let answer = try curl.perform(
                        "\(base)/echo",
                        .init(method: "POST", body: body, isChunked: isChunked)
                    )
                    #expect(answer.status == 200)
                    #expect(answer.body == body, "\(size)")
                }
            }
        }
    }

    @Test("a client that waits for 100 gets it, or is spared the sending")
    func expectation() async throws {
        try await with { curl, base in
            let fields = ["Expect: 100-continue"]
            let small = try curl.perform(
                "\(base)/echo",
                .init(method: "POST", fields: fields, body: [1, 2, 3])
            )
            #expect(small.body == [1, 2, 3])
            #expect(small.header.contains("100 Continue"))
            let large = try curl.perform(
                "\(base)/echo",
                .init(method: "POST", fields: fields, body: [UInt8](repeating: 0, count: 5 << 20))
            )
            #expect(large.status == 413)
            #expect(!large.header.contains("100 Continue"))
        }
    }

    @Test("compressed answers are understood")
    func coding() async throws {
        try await with { curl, base in
            let answer = try curl.perform("\(base)/text", .init(acceptsCoding: true))
            #expect(answer.header.contains("Content-Encoding: gzip"))
            #expect(answer.text == String(repeating: "hello ", count: 10_000))
        }
    }

    @Test("a stream is read to its end, by clients of HTTP/1.1 and 1.0")
    func streams() async throws {
        try await with { curl, base in
            for isHTTP10 in [false, true] {
                let answer = try curl.perform("\(base)/stream", .init(isHTTP10: isHTTP10))
                #expect(answer.body == [UInt8](repeating: 7, count: 1_000_000))
            }
        }
    }

    @Test("files are uploaded as parts of a form")
    func forms() async throws {
        try await with { curl, base in
            let parts = (0..<4).map {
                ("frame\($0)", "\($0).png", [UInt8](repeating: 9, count: 7_000))
            }
            let answer = try curl.perform("\(base)/form", .init(method: "POST", form: parts))
            #expect(
                answer.text
                    == (0..<4).map { "frame\($0) \($0).png 7000" }.joined(separator: "\n")
            )
        }
    }
}
