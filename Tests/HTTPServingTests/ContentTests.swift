import Foundation
import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct ContentTests {
    private var application: HTTPApplication {
        HTTPServingTests.application { router in
            router.on(.post, "/echo") { request in
                HTTPResponse(bytes: request.body, contentType: "application/octet-stream")
            }
            router.on(.post, "/small", bodyLimitBytes: 1_000) { _ in HTTPResponse() }
            router.on(.get, "/text") { request in
                var response = HTTPResponse(text: String(repeating: "hello ", count: 1_000))
                response.headers["ETag"] = "\"v1\""
                return try request.unchanged(EntityTag("v1"), now: .now) ?? response
            }
            router.on(.get, "/bytes") { _ in
                HTTPResponse(bytes: [UInt8](repeating: 0, count: 9_000), contentType: "image/png")
            }
            router.on(.get, "/short") { _ in HTTPResponse(text: "hello") }
        }
    }

    /// "hello, hello, hello", made with Python's zlib and gzip modules.
    private static let zlibHello: [UInt8] = [
        0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x40, 0xA7, 0x00, 0x40, 0x25,
        0x06, 0xD5,
    ]

    private func gzip(_ bytes: [UInt8]) async throws -> [UInt8] {
        let app = HTTPServingTests.application { router in
            router.on(.get, "/") { _ in HTTPResponse(bytes: bytes, contentType: "text/plain") }
        }
        let response = await app.respond(to: .get, "/", headers: ["Accept-Encoding": "gzip"])
        #expect(response.headers["Content-Encoding"] == "gzip")
        return try await response.body.collected()
    }

    private func post(
        _ body: [UInt8],
        coding: String,
        path: String = "/echo"
    ) async throws -> (status: HTTPStatus, body: [UInt8], headers: HTTPHeaders) {
        let response = await application.respond(
            to: .post,
            path,
            headers: ["Content-Encoding": coding],
            body: body
        )
        return (response.status, try await response.body.collected(), response.headers)
    }

    @Test("a request's content coding is undone")
    func inflate() async throws {
        let text = Array(String(repeating: "0123456789", count: 20_000).utf8)
        let coded = try await gzip(text)
        #expect(coded.count < 2_000)
        #expect(try await post(coded, coding: "gzip").body == text)
        #expect(try await post(coded, coding: "X-GZip").body == text)
        #expect(try await post(coded + coded, coding: "gzip").body == text + text)
        #expect(try await post(text, coding: "identity").body == text)
        #expect(try await post([], coding: "gzip").status == .ok)
    }

    @Test("a coding that is broken, cut off or followed by more is a bad request")
    func malformed() async throws {
        let coded = try await gzip([UInt8](repeating: 1, count: 5_000))
        for length in [1, 9, 10, 15, coded.count - 1] {
            let cut = try await post(Array(coded.prefix(length)), coding: "gzip")
            #expect(cut.status == .badRequest, "\(length)")
        }
        #expect(try await post(coded + [0], coding: "gzip").status == .badRequest)
        #expect(try await post(coded + coded.prefix(20), coding: "gzip").status == .badRequest)
        #expect(try await post(coded, coding: "deflate").status == .badRequest)
        var changed = coded
        changed[coded.count - 6] ^= 1
        #expect(try await post(changed, coding: "gzip").status == .badRequest)
        let unknown = try await post(coded, coding: "br")
        #expect(unknown.status == .unsupportedMediaType)
        #expect(unknown.headers["Accept-Encoding"] == "gzip, deflate")
    }

    @Test("content that grows beyond the limit is given up at the limit")
    func bomb() async throws {
        let bomb = try await gzip([UInt8](repeating: 0, count: 50 << 20))
        #expect(bomb.count < 300_000)
        #expect(try await post(bomb, coding: "gzip").status == .contentTooLarge)
        let exact = try await gzip([UInt8](repeating: 0, count: 8 << 20))
        #expect(try await post(exact, coding: "gzip").body.count == 8 << 20)
        let little = try await gzip([UInt8](repeating: 0, count: 1_200))
        let refused = try await post(little + [], coding: "gzip", path: "/small")
        #expect(refused.status == .contentTooLarge)
    }

    @Test("text is coded for those who accept it")
    func negotiation() async throws {
        for (accepted, coding) in [
            (nil, nil), ("gzip", "gzip"), ("deflate", "deflate"), ("gzip;q=0", nil), ("*", "gzip"),
            ("*;q=0", nil), ("identity;q=0", nil), ("br, deflate;q=0.5, gzip;q=0.8", "gzip"),
            ("deflate, gzip;q=0.8", "deflate"), ("gzip;q=0.5, identity;q=0.9", nil),
            ("GZIP", "gzip"), ("br", nil), ("", nil), ("gzip;q=x", nil), ("gzip; q=0.1", "gzip"),
        ] as [(String?, String?)] {
            var headers = HTTPHeaders()
            headers["Accept-Encoding"] = accepted
            let response = await application.respond(to: .get, "/text", headers: headers)
            #expect(response.headers["Content-Encoding"] == coding, "\(accepted ?? "-")")
            #expect(response.headers["Vary"] == "Accept-Encoding")
            #expect(response.headers["ETag"] == (coding.map { "\"v1-\($0)\"" } ?? "\"v1\""))
        }
        for path in ["/bytes", "/short"] {
            let response = await application.respond(
                to: .get,
                path,
                headers: ["Accept-Encoding": "gzip"]
            )
            #expect(response.headers["Content-Encoding"] == nil)
            #expect(response.headers["Vary"] == nil)
        }
        let known = await application.respond(
            to: .get,
            "/text",
            headers: ["Accept-Encoding": "gzip", "If-None-Match": "\"v1-gzip\""]
        )
        #expect(known.status == .notModified)
    }
}
