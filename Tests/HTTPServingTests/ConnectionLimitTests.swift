import HTTPServing
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConnectionLimitTests {
    private let app = application { router in
        router.onLoop(.get, "/") { _ in HTTPResponse(text: "hi") }
        router.onLoop(.get, "/livez", isHealthCheck: true) { _ in HTTPResponse(text: "alive") }
        router.on(.get, "/events") { _ in
            .events(AsyncStream<ServerSentEvent> { _ in }, heartbeat: .seconds(600))
        }
    }

    private func configuration(_ change: (inout HTTPLimits) -> Void) -> HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.deadlines.reserved = .seconds(600)
        change(&configuration.limits)
        return configuration
    }

    private func ask(_ client: RawClient, _ path: String, _ fields: String = "") throws -> Response
    {
        client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
        return try client.response()
    }

    @Test("where all places are taken a health check is answered, and nothing else")
    func health() async throws {
        for limits in [
            configuration { $0.connectionsPerAddress = 2 },
            configuration { $0.connections = 2 },
        ] {
            try await serving(app, configuration: limits) { server in
                let port = server.port
                try await onThread {
                    // Unfinished requests, so that none of the two is resting and makes room.
                    let busy = try (0..<2).map { _ in try RawClient(port: port) }
                    for client in busy { client.send("GET / HTTP/1.1\r\n") }
                    for _ in 0..<3 {
                        let probe = try RawClient(port: port)
                        let answer = try ask(probe, "/livez")
                        #expect(answer.status == 200 && answer.text == "alive")
                        #expect(answer.fields["connection"] == "close")
                        #expect(try probe.receiveAll().isEmpty)
                    }
                    let other = try RawClient(port: port)
                    let refused = try ask(other, "/")
                    #expect(refused.status == 503 && refused.fields["retry-after"] == "1")
                    #expect(refused.fields["connection"] == "close")
                    #expect(server.snapshot().refusedConnections == 1)
                    for client in busy {
                        client.send("Host: localhost\r\n\r\n")
                        #expect(try client.response().status == 200)
                    }
                }
            }
        }
    }

    @Test("who came when all places were taken gets the next one that is free")
    func promotion() async throws {
        let limits = configuration { $0.connectionsPerAddress = 1 }
        try await serving(app, configuration: limits) { server in
            let port = server.port
            try await onThread {
                let first = try RawClient(port: port)
                #expect(try ask(first, "/").status == 200)
                let second = try RawClient(port: port)
                // Connections are taken in order: the answer shows that the second one is in.
                #expect(try ask(RawClient(port: port), "/livez").status == 200)
                first.endSending()
                #expect(try first.receiveAll().isEmpty)
                for _ in 0..<2 {
                    let answer = try ask(second, "/")
                    #expect(answer.status == 200 && answer.fields["connection"] == nil)
                }
                #expect(server.snapshot().refusedConnections == 0)
            }
        }
    }

    @Test("who holds a place of the reserve and says nothing makes room for a health check")
    func silentReserve() async throws {
        let limits = configuration { ($0.connectionsPerAddress, $0.reservedConnections) = (1, 2) }
        try await serving(app, configuration: limits) { server in
            let port = server.port
            try await onThread {
                let first = try RawClient(port: port)
                #expect(try ask(first, "/").status == 200)
                let silent = try (0..<5).map { _ in try RawClient(port: port) }
                #expect(try ask(RawClient(port: port), "/livez").status == 200)
                for client in silent.prefix(4) {
                    #expect(try client.response().status == 503)
                }
                #expect(server.snapshot().refusedConnections == 4)
                withExtendedLifetime((first, silent)) {}
            }
        }
    }

    @Test("event streams are counted apart, in all and of each address")
    func streams() async throws {
        let limits = configuration {
            ($0.connectionsPerAddress, $0.streams, $0.streamsPerAddress) = (2, 3, 2)
        }
        try await serving(app, configuration: limits) { server in
            let port = server.port
            try await onThread {
                func open(_ source: UInt8) throws -> (RawClient, Response) {
                    let client = try RawClient(port: port, source: source)
                    return (client, try ask(client, "/events"))
                }
                let (first, answer) = try open(2)
                #expect(answer.fields["content-type"] == "text/event-stream")
                let (second, _) = try open(2)
                let (third, refused) = try open(2)
                #expect(refused.status == 503 && refused.fields["retry-after"] == "5")
                #expect(refused.text.contains("2 event streams of this client already"))
                // The connection is still good, and the two streams take no place of it.
                #expect(try ask(third, "/").status == 200)
                let fourth = try RawClient(port: port, source: 2)
                #expect(try ask(fourth, "/").status == 200)
                let (other, last) = try open(3)
                #expect(last.status == 200)
                let (_, full) = try open(4)
                #expect(full.status == 503 && full.text.contains("3 event streams already"))
                let snapshot = server.snapshot()
                #expect(snapshot.streams == 3 && snapshot.refusedStreams == 2)
                #expect(snapshot.refusedConnections == 0)
                withExtendedLifetime((first, second, other)) {}
            }
        }
    }

    @Test("a reader that has gone gives back its place before the next event")
    func goneReader() async throws {
        let limits = configuration { $0.streams = 1 }
        try await serving(app, configuration: limits) { server in
            let port = server.port
            try await onThread {
                do {
                    let gone = try RawClient(port: port)
                    #expect(try ask(gone, "/events").status == 200)
                }
                let client = try RawClient(port: port)
                var status = 503
                for _ in 0..<100_000 where status == 503 {
                    status = try ask(client, "/events").status
                }
                #expect(status == 200)
            }
        }
    }

    @Test("a proxy is no single client: those it names are")
    func proxy() async throws {
        var limits = configuration { ($0.connectionsPerAddress, $0.streamsPerAddress) = (1, 1) }
        limits.trustedProxies = [try #require(AddressRange("127.0.0.2"))]
        try await serving(app, configuration: limits) { server in
            let port = server.port
            try await onThread {
                let connections = try (0..<5).map { _ in try RawClient(port: port, source: 2) }
                for client in connections {
                    #expect(try ask(client, "/").status == 200)
                }
                for (number, status) in [(1, 200), (2, 200), (1, 503), (3, 200)] {
                    let client = connections[server.snapshot().streams]
                    let field = "X-Forwarded-For: 203.0.113.\(number)\r\n"
                    #expect(try ask(client, "/events", field).status == status)
                }
            }
        }
    }

    @Test("what is refused is told, many at a time")
    func refusals() async throws {
        let reports = Mutex<[HTTPRefusals]>([])
        let limits = configuration { ($0.connections, $0.reservedConnections) = (1, 0) }
        let began = ContinuousClock.now
        let server = try HTTPServer(
            limits,
            application: app,
            onRefusal: { refusals in reports.withLock { $0.append(refusals) } }
        )
        let port = server.port
        try await onThread {
            let busy = try RawClient(port: port)
            busy.send("GET / HTTP/1.1\r\n")
            for _ in 0..<20 {
                let refused = try RawClient(port: port, source: 3)
                #expect(try refused.response().status == 503)
            }
            withExtendedLifetime(busy) {}
        }
        await server.shutDown(within: .zero)
        let all = reports.withLock { $0 }
        #expect(all.reduce(0) { $0 + $1.connections } == 20)
        #expect(all.allSatisfy { $0.streams == 0 && $0.lastPeer.host == "127.0.0.3" })
        #expect(all.count <= 1 + Int((ContinuousClock.now - began) / .seconds(1)))
    }
}
