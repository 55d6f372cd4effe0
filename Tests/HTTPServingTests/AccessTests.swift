import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct AccessTests {
    private func application(_ change: (inout AccessPolicy) -> Void) -> HTTPApplication {
        var router = Router()
        router.onLoop(.get, "/open") { _ in HTTPResponse() }
        router.onLoop(.get, "/jobs", scope: "read") { _ in HTTPResponse() }
        router.onLoop(.post, "/jobs", scope: "train") { _ in HTTPResponse() }
        var policy = AccessPolicy()
        change(&policy)
        return HTTPApplication(router: router, policy: policy)
    }

    @Test("a token opens the routes of its scopes")
    func tokens() async {
        let app = application {
            $0.tokens = [
                BearerToken(secret: "reader", scopes: ["read"]),
                BearerToken(secret: "trainer", scopes: ["read"]),
                BearerToken(secret: "trainer", scopes: ["train"]),
            ]
        }
        for (method, path, authorization, status) in [
            (HTTPMethod.get, "/open", nil, HTTPStatus.ok), (.get, "/jobs", nil, .unauthorized),
            (.get, "/jobs", "Bearer reader", .ok), (.get, "/jobs", "bearer  reader", .ok),
            (.post, "/jobs", "Bearer reader", .forbidden), (.post, "/jobs", "Bearer trainer", .ok),
            (.get, "/jobs", "Bearer reade", .unauthorized),
            (.get, "/jobs", "Bearer readerr", .unauthorized),
            (.get, "/jobs", "Bearer ", .unauthorized), (.get, "/jobs", "reader", .unauthorized),
            (.get, "/jobs", "Basic reader", .unauthorized),
            (.get, "/jobs", "Bearer readerreader", .unauthorized),
        ] as [(HTTPMethod, String, String?, HTTPStatus)] {
            var headers: HTTPHeaders = ["Host": "example.org"]
            headers["Authorization"] = authorization
            let response = await app.respond(to: method, path, headers: headers)
            #expect(response.status == status, "\(method) \(path) \(authorization ?? "-")")
            let challenges = status == .unauthorized || status == .forbidden
            #expect((response.headers["WWW-Authenticate"] != nil) == challenges)
        }
    }

    @Test("without tokens the server has loopback names only")
    func hosts() async throws {
        let app = application { _ in }
        for (host, status) in [
            ("localhost", HTTPStatus.ok), ("LOCALHOST:8080", .ok), ("127.0.0.1:1", .ok),
            ("[::1]:80", .ok), ("evil.example", .forbidden), ("localhost.evil.example", .forbidden),
            ("127.0.0.1.evil.example", .forbidden),
        ] {
            let response = await app.respond(to: .get, "/open", headers: ["Host": host])
            #expect(response.status == status, "\(host)")
        }
        let advised = await application { $0.hostAdvice = "ask the operator" }
            .respond(to: .get, "/open", headers: ["Host": "box.example"])
        #expect(
            String(decoding: try await advised.body.collected(), as: UTF8.self)
                == "host is box.example, expected one of localhost, 127.0.0.1, [::1]; "
                + "ask the operator\n"
        )
        let named = application { $0.hosts?.append("box.example") }
        for host in ["box.example:8080", "BOX.example", "localhost"] {
            #expect(await named.respond(to: .get, "/open", headers: ["Host": host]).status == .ok)
        }
        let open = application { $0.hosts = nil }
        #expect(await open.respond(to: .get, "/open", headers: ["Host": "a"]).status == .ok)
        let absolute = await app.respond(to: .get, "http://evil.example/open")
        #expect(absolute.status == .forbidden)
    }

    @Test("without tokens a page of another origin changes nothing")
    func origins() async {
        let app = application { $0.origins = ["https://friend.example"] }
        for (origin, status) in [
            (nil, HTTPStatus.ok), ("http://localhost:8080", .ok), ("https://friend.example", .ok),
            ("http://localhost", .forbidden), ("https://evil.example", .forbidden),
            ("null", .forbidden), ("https://friend.example.evil.example", .forbidden),
        ] as [(String?, HTTPStatus)] {
            var headers: HTTPHeaders = ["Host": "localhost:8080", "Content-Type": "text/plain"]
            headers["Origin"] = origin
            let response = await app.respond(to: .post, "/jobs", headers: headers)
            #expect(response.status == status, "\(origin ?? "-")")
            headers["Content-Type"] = nil
            #expect(await app.respond(to: .get, "/jobs", headers: headers).status == .ok)
        }
    }

    @Test("a page of a listed origin may read and ask first; others may not")
    func crossOrigin() async {
        let app = application { $0.origins = ["https://friend.example"] }
        let preflight: HTTPHeaders = [
            "Origin": "https://friend.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, x-request-id",
        ]
        let answer = await app.respond(to: .options, "/jobs", headers: preflight)
        #expect(answer.status == .noContent)
        #expect(answer.headers["Access-Control-Allow-Origin"] == "https://friend.example")
        #expect(answer.headers["Access-Control-Allow-Methods"]?.contains("POST") == true)
        #expect(answer.headers["Access-Control-Allow-Headers"] == "content-type, x-request-id")
        #expect(answer.headers["Vary"] == "Origin")
        var foreign = preflight
        foreign["Origin"] = "https://evil.example"
        let refused = await app.respond(to: .options, "/jobs", headers: foreign)
        #expect(refused.headers["Access-Control-Allow-Origin"] == nil)
        #expect(refused.headers["Access-Control-Allow-Methods"] == nil)
        let read = await app.respond(
            to: .get,
            "/jobs",
            headers: ["Origin": "https://friend.example"]
        )
        #expect(read.headers["Access-Control-Allow-Origin"] == "https://friend.example")
        let missing = await app.respond(
            to: .get,
            "/nothing",
            headers: ["Origin": "https://friend.example"]
        )
        #expect(missing.headers["Access-Control-Allow-Origin"] == "https://friend.example")
        let closed = application { _ in }
        let plain = await closed.respond(
            to: .get,
            "/jobs",
            headers: ["Origin": "https://a.example"]
        )
        #expect(plain.headers["Access-Control-Allow-Origin"] == nil)
        #expect(plain.headers["Vary"] == nil)
    }
}
