import Dispatch
import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct LimitTests {
    private let app = application { router in
        router.onLoop(.get, "/") { _ in HTTPResponse(text: "hi") }
        router.onLoop(.post, "/echo") { request in
            HTTPResponse(bytes: request.body, contentType: "a/b")
        }
    }

    private let ask = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test("one address has so many connections and no more; others still get in")
    func perAddress() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.limits.connectionsPerAddress = 3
        try await serving(app, configuration: configuration) { server in
            let (port, ask) = (server.port, ask)
            try await onThread {
                let clients = try (0..<3).map { _ in try RawClient(port: port, source: 2) }
                for client in clients {
                    client.send(ask)
                    #expect(try client.response().status == 200)
                }
                let refused = try RawClient(port: port, source: 2)
                let header = try #require(Response.header(of: try refused.receiveAll()))
                #expect(header.status == 503)
                #expect(header.fields["retry-after"] == "1")
                #expect(server.snapshot().refusedConnections == 1)
                let other = try RawClient(port: port, source: 3)
                other.send(ask)
                #expect(try other.response().status == 200)
                #expect(server.snapshot().connections == 4)
                withExtendedLifetime((clients, other)) {}
            }
        }
    }

    @Test("where all places are taken, the connection that waited longest makes room")
    func eviction() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.limits.connections = 2
        try await serving(app, configuration: configuration) { server in
            let (port, ask) = (server.port, ask)
            try await onThread {
                let first = try RawClient(port: port)
                first.send(ask)
                _ = try first.response()
                let busy = try RawClient(port: port)
                busy.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na")
                // Another answer shows that the loop has seen the beginning of the body.
                first.send(ask)
                _ = try first.response()
                let third = try RawClient(port: port)
                third.send(ask)
                #expect(try third.response().status == 200)
                #expect(try first.receiveAll().isEmpty)
                withExtendedLifetime(third) {}
                busy.send("b")
                #expect(try busy.response().text == "ab")
            }
        }
    }

    @Test("one that has asked before keeps its place as long as others never asked")
    func evictionOfSilent() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.limits.connections = 3
        try await serving(app, configuration: configuration) { server in
            let (port, ask) = (server.port, ask)
            try await onThread {
                let first = try RawClient(port: port)
                first.send(ask)
                _ = try first.response()
                let silent = try RawClient(port: port)
                // Connections are taken in order, so that an answer here shows that the silent one
                // has its place.
                let asking = try (0..<2).map { _ in
                    let client = try RawClient(port: port)
                    client.send(ask)
                    #expect(try client.response().status == 200)
                    return client
                }
                #expect(try silent.receiveAll().isEmpty)
                for client in [first] + asking {
                    client.send(ask)
                    #expect(try client.response().status == 200)
                }
            }
        }
    }

    @Test("connections make room in the order in which they were last used")
    func evictionOrder() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.limits.connections = 4
        try await serving(app, configuration: configuration) { server in
            let (port, ask) = (server.port, ask)
            try await onThread {
                var clients: [RawClient] = []
                func use(_ client: RawClient) throws {
                    client.send(ask)
                    #expect(try client.response().status == 200)
                }
                func add() throws {
                    clients.append(try RawClient(port: port))
                    try use(clients[clients.count - 1])
                }
                for _ in 0..<5 { try add() }
                #expect(try clients[0].receiveAll().isEmpty)
                try use(clients[1])
                for _ in 0..<3 { try add() }
                for gone in 2...4 {
                    #expect(try clients[gone].receiveAll().isEmpty)
                }
                for kept in [1, 5, 6, 7] {
                    try use(clients[kept])
                }
            }
        }
    }

    @Test("more connections than one turn takes are all answered")
    func manyAtOnce() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.limits.connectionsPerAddress = 400
        try await serving(app, configuration: configuration) { server in
            let (port, ask) = (server.port, ask)
            try await onThread {
                let clients = try (0..<300).map { _ in try RawClient(port: port) }
                for client in clients.reversed() {
                    client.send(ask)
                }
                for client in clients {
                    #expect(try client.response().status == 200)
                }
            }
        }
    }

    @Test("bodies in memory are limited over all connections")
    func bodyMemory() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.limits.bodyBytesInMemory = 100_000
        try await serving(app, configuration: configuration) { server in
            let port = server.port
            try await onThread {
                let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 80000\r\n\r\n"
                let half = [UInt8](repeating: 1, count: 79_999)
                let first = try RawClient(port: port)
                first.send(Array(head.utf8) + half)
                let second = try RawClient(port: port)
                second.send(Array(head.utf8) + half)
                // One of them is refused, and the other one goes on.
                let refused = try RawClient.firstReadable(of: [first, second])
                #expect(try refused.response().status == 503)
                let other = refused === first ? second : first
                other.send([1])
                #expect(try other.response().status == 200)
                let third = try RawClient(port: port)
                third.send(Array(head.utf8) + half + [1])
                #expect(try third.response().status == 200)
            }
        }
    }

    @Test("slow clients are shown the door by a real clock too")
    func deadlines() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.deadlines.header = .milliseconds(50)
        configuration.deadlines.body = .milliseconds(50)
        configuration.deadlines.idle = .milliseconds(50)
        try await serving(app, configuration: configuration) { server in
            let (port, ask) = (server.port, ask)
            try await onThread {
                let silent = try RawClient(port: port)
                #expect(try silent.receiveAll().isEmpty)
                let slow = try RawClient(port: port)
                slow.send("GET / HT")
                #expect(try slow.response().status == 408)
                let slowBody = try RawClient(port: port)
                slowBody.send(
                    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"
                )
                #expect(try slowBody.response().status == 408)
                let idle = try RawClient(port: port)
                idle.send(ask)
                #expect(try idle.response().status == 200)
                #expect(try idle.receiveAll().isEmpty)
            }
        }
    }

    @Test("an early answer reaches a client that is still sending")
    func lingering() async throws {
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send(
                    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n"
                )
                for _ in 0..<100 {
                    client.send([UInt8](repeating: 1, count: 100_000))
                }
                #expect(try client.response().status == 413)
                #expect(try client.receiveAll().isEmpty)
            }
        }
    }

    @Test("several loops share the connections")
    func loops() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.loops = 3
        try await serving(app, configuration: configuration) { server in
            let (port, ask) = (server.port, ask)
            try await onThread {
                let clients = try (0..<30).map { _ in try RawClient(port: port) }
                for client in clients {
                    client.send(ask + ask)
                }
                for client in clients {
                    #expect(try client.response().status == 200)
                    #expect(try client.response().status == 200)
                }
            }
        }
    }

    @Test("a loop that looks for work before it sleeps answers like any other")
    func busyPoll() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.busyPoll = .microseconds(50)
        let app = application { router in
            router.onLoop(.get, "/") { _ in HTTPResponse(text: "hi") }
            router.on(.get, "/task") { _ in
                await Task.yield()
                return HTTPResponse(text: "later")
            }
        }
        try await serving(app, configuration: configuration) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                for path in ["/", "/task", "/", "/task"] {
                    client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let response = try client.response()
                    #expect(response.text == (path == "/" ? "hi" : "later"))
                }
            }
        }
    }

    @Test("a request under way is answered while the server stops")
    func drain() async throws {
        let (started, gate) = (Signal(), Signal())
        let app = application { router in
            router.on(.get, "/slow") { _ in
                started.fire()
                await gate.wait()
                return HTTPResponse(text: "done")
            }
        }
        try await serving(app) { server in
            let port = server.port
            async let answer = onThread {
                let client = try RawClient(port: port)
                client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try client.response()
            }
            await started.wait()
            async let stopped: Void = server.shutDown(within: .seconds(10))
            gate.fire()
            let response = try await answer
            #expect(response.text == "done")
            #expect(response.fields["connection"] == "close")
            await stopped
            await #expect(throws: RawClient.Failure.self) {
                try await onThread { _ = try RawClient(port: port) }
            }
        }
    }

    @Test("a handler that does not end cannot keep the server from stopping")
    func abandoned() async throws {
        let (started, gate) = (Signal(), Signal())
        let app = application { router in
            router.on(.get, "/stuck") { _ in
                started.fire()
                await gate.wait()
                return HTTPResponse()
            }
            router.on(.get, "/stream") { _ in
                HTTPResponse(
                    body: .stream(
                        HTTPStream {
                            await gate.wait()
                            return [1]
                        }
                    )
                )
            }
        }
        let server = try HTTPServer(application: app)
        let client = try RawClient(port: server.port)
        let reader = try RawClient(port: server.port)
        client.send("GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reader.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await started.wait()
        // Both are small and the first to come, so this waits for the loop alone.
        try reader.receive { Response.header(of: $0) != nil }
        await server.shutDown(within: .milliseconds(50))
        // What comes back now finds nobody, and nothing waits for it.
        gate.fire()
        #expect(try client.receiveAll().isEmpty)
    }

    @Test("a port that is taken is an error that says so")
    func portTaken() async throws {
        try await serving(app) { server in
            var configuration = HTTPServerConfiguration.unhurried
            configuration.port = server.port
            do {
                _ = try HTTPServer(configuration, application: app)
                Issue.record("two servers listen at one port")
            } catch {
                #expect("\(error)".contains("port \(server.port): address already in use"))
            }
        }
        #expect(throws: HTTPServerError.self) {
            var configuration = HTTPServerConfiguration.unhurried
            configuration.host = "no such host"
            _ = try HTTPServer(configuration, application: app)
        }
    }
}
