import HTTPServing
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct HandlerTests {
    @Test("answers come in the order of the requests, whichever is ready first")
    func order() async throws {
        let gate = Signal()
        let app = application { router in
            router.on(.get, "/slow") { _ in
                await gate.wait()
                return HTTPResponse(text: "slow")
            }
            router.onLoop(.get, "/fast") { _ in
                gate.fire()
                return HTTPResponse(text: "fast")
            }
        }
        try await serving(app) { server in
            let (port, first) = (server.port, Signal())
            async let texts = onThread {
                let client = try RawClient(port: port)
                client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
                client.send("GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n")
                first.fire()
                return [try client.response().text, try client.response().text]
            }
            await first.wait()
            // The fast one waits behind the slow one; another connection opens the gate.
            _ = try await onThread {
                let client = try RawClient(port: port)
                client.send("GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try client.response().status
            }
            #expect(try await texts == ["slow", "fast"])
        }
    }

    @Test("a handler is cancelled when its client is gone")
    func cancellation() async throws {
        let (started, cancelled) = (Signal(), Signal())
        let app = application { router in
            router.on(.get, "/forever") { _ in
                await withTaskCancellationHandler {
                    started.fire()
                    await cancelled.wait()
                } onCancel: {
                    cancelled.fire()
                }
                return HTTPResponse()
            }
        }
        let log = AccessLog()
        try await serving(app, log: log) { server in
            let port = server.port
            let client = try RawClient(port: port)
            client.send("GET /forever HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await started.wait()
            client.reset()
            await cancelled.wait()
        }
        #expect(log.all.map(\.status) == [nil])
        #expect(log.all.map(\.isComplete) == [false])
    }

    @Test("what a handler throws becomes an answer, and shows nothing of the inside")
    func errors() async throws {
        struct Secret: Error {}
        let app = application { router in
            router.on(.get, "/secret") { _ in throw Secret() }
            router.on(.get, "/known") { _ in
                throw HTTPError(.conflict, code: "busy", "busy now", headers: ["Retry-After": "3"])
            }
        }
        let secret = await app.respond(to: .get, "/secret")
        #expect(secret.status == .internalServerError)
        #expect(
            !String(decoding: try await secret.body.collected(), as: UTF8.self).contains("Secret")
        )
        let known = await app.respond(to: .get, "/known")
        #expect(known.status == .conflict)
        #expect(known.headers["Retry-After"] == "3")
    }

    @Test("every answer has a date, a length and a request id; the client's own id is kept")
    func fields() async throws {
        let app = application { router in
            router.onLoop(.get, "/") { _ in HTTPResponse(text: "hi") }
        }
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                let first = try client.response()
                #expect(first.fields["content-length"] == "2")
                #expect(HTTPDate(first.fields["date"] ?? "") != nil)
                #expect(first.fields["x-request-id"]?.count == 16)
                #expect(first.fields["server"] == nil)
                client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: abc-1\r\n\r\n")
                #expect(try client.response().fields["x-request-id"] == "abc-1")
                client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: a b\r\n\r\n")
                #expect(try client.response().fields["x-request-id"]?.count == 16)
                client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try client.response(toHead: true).fields["content-length"] == "2")
            }
        }
    }

    @Test("an answer that says nothing about caches is kept by none, or asked for again")
    func caching() async throws {
        struct Broken: Error {}
        let app = application { router in
            router.onLoop(.get, "/") { _ in HTTPResponse(text: "hi") }
            router.on(.get, "/tagged") { request in
                try request.unchanged(EntityTag("v1"), now: .now)
                    ?? HTTPResponse(headers: ["ETag": "\"v1\""], body: .bytes([1]))
            }
            router.on(.get, "/kept") { _ in HTTPResponse(headers: ["Cache-Control": "max-age=9"]) }
            router.on(.get, "/broken") { _ in throw Broken() }
            router.onLoop(.post, "/") { _ in HTTPResponse(.created) }
        }
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                for (request, expected) in [
                    ("GET /", "no-store"), ("HEAD /", "no-store"), ("POST /", "no-store"),
                    ("OPTIONS /", "no-store"), ("OPTIONS *", "no-store"), ("PUT /", "no-store"),
                    ("GET /nothing", "no-store"), ("GET /broken", "no-store"),
                    ("GET /kept", "max-age=9"), ("GET /tagged", "no-cache"),
                    ("GET /tagged HTTP/1.1\r\nIf-None-Match: \"v1\"", "no-cache"),
                    ("GET / HTTP/1.1\r\nContent-Encoding: br", "no-store"), ("GET", "no-store"),
                ] {
                    let client = try RawClient(port: port)
                    let line = request.contains("HTTP/") ? request : "\(request) HTTP/1.1"
                    client.send("\(line)\r\nHost: localhost\r\n\r\n")
                    let answer = try client.response(toHead: request.hasPrefix("HEAD"))
                    #expect(answer.fields["cache-control"] == expected, "\(request)")
                }
            }
        }
    }

    @Test("a value of a field cannot end its line")
    func injection() async throws {
        let app = application { router in
            router.onLoop(.get, "/") { _ in
                HTTPResponse(headers: ["X-Name": "a\r\nX-Evil: b\u{0}c"], body: .bytes([]))
            }
        }
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                let response = try client.response()
                #expect(response.fields["x-name"] == "a  X-Evil: b c")
                #expect(response.fields["x-evil"] == nil)
            }
        }
    }

    @Test("what was asked for is counted and logged")
    func accounts() async throws {
        let app = application { router in
            router.onLoop(.post, "/items/{id}") { _ in HTTPResponse(.created) }
        }
        let log = AccessLog()
        try await serving(app, log: log) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send(
                    "POST /items/7 HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: r\r\n"
                        + "Content-Length: 3\r\n\r\nabc"
                )
                #expect(try client.response().status == 201)
                client.send("NO\r\n\r\n")
                #expect(try client.response().status == 400)
            }
            let snapshot = server.snapshot()
            let known = snapshot.requests.first { $0.route == "/items/{id}" }
            #expect(known?.count == 1 && known?.code == 201 && known?.method == .post)
            #expect(snapshot.requests.first { $0.route == nil }?.code == 400)
            #expect(snapshot.durations.allSatisfy { $0.buckets.reduce(0, +) == 1 })
        }
        let record = try #require(log.all.first)
        #expect(record.method == .post && record.target == "/items/7")
        #expect(record.requestBodyBytes == 3 && record.responseBytes > 50)
        #expect(record.id.description == "r" && record.peer.host == "127.0.0.1")
        #expect(log.all.last?.target == "" && log.all.last?.status == .badRequest)
    }
}
