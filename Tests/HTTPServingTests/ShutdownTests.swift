import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
    private let app = application { router in
        router.onLoop(.get, "/") { _ in HTTPResponse(text: "hi") }
        router.onLoop(.post, "/echo") { HTTPResponse(bytes: $0.body, contentType: "a/b") }
        router.onLoop(.get, "/large") { _ in
            HTTPResponse(bytes: [UInt8](repeating: 1, count: 32 << 20), contentType: "image/png")
        }
        router.on(.get, "/events") { _ in .events(AsyncStream<ServerSentEvent> { _ in }) }
    }

    @Test("whatever clients do, a server has ended within its grace")
    func stubbornClients() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.deadlines.drain = .milliseconds(50)
        // What such clients have otherwise; too long to be what ends them on a busy machine.
        configuration.deadlines.header = .seconds(600)
        configuration.deadlines.body = .seconds(600)
        configuration.deadlines.writeStall = .seconds(600)
        try await serving(app, configuration: configuration) { server in
            let port = server.port
            let clients = try await onThread {
                let clients = try (0..<4).map { _ in try RawClient(port: port) }
                clients[0].send("GET / HT")
                clients[1].send(
                    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"
                )
                clients[2].send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
                clients[3].send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                for client in clients[2...] {
                    try client.receive { Response.header(of: $0) != nil }
                }
                // An answer shows that the loop has seen what was sent before.
                let last = try RawClient(port: port)
                last.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try last.response().status == 200)
                return Clients(all: clients)
            }
            let began = ContinuousClock.now
            await server.shutDown(within: .seconds(2))
            #expect(ContinuousClock.now - began < .seconds(60))
            try await onThread {
                let all = clients.all
                for client in all[..<2] {
                    let answer = try client.response()
                    #expect(answer.status == 503 && answer.text.contains("is shutting down"))
                    #expect(try client.receiveAll().isEmpty)
                }
                // Cut off, so that nobody takes the part for the whole.
                let received = try all[2].receiveAll().count
                #expect(received < 32 << 20)
                let stream = String(decoding: try all[3].receiveAll(), as: UTF8.self)
                #expect(stream.hasSuffix("\r\n0\r\n\r\n"))
            }
        }
    }

    @Test("a request whose rest comes at once is answered while the server stops")
    func promptRest() {
        let request = Array(post("/echo", "Content-Length: 3\r\n", "abc").utf8)
        for cut in [1, 10, request.count - 1] {
            var connection = OfflineConnection(application: Vector.application)
            connection.receive(Array(request[..<cut]))
            connection.drain()
            connection.advance(by: .milliseconds(900))
            #expect(!connection.isClosed && connection.statuses.isEmpty)
            connection.receive(Array(request[cut...]))
            #expect(connection.statuses == [200] && connection.isLingering)
            connection.advance(by: .seconds(1))
            #expect(connection.isClosed)
        }
    }

    @Test(
        "a request that is not complete a moment later is given up",
        arguments: [
            "GET /ok HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na",
        ]
    )
    func lateRest(text: String) {
        var connection = OfflineConnection(application: Vector.application)
        connection.receive(Array(text.utf8))
        connection.drain()
        #expect(connection.patience == .seconds(1))
        connection.advance(by: .seconds(1))
        #expect(connection.statuses == [503] && connection.isLingering)
        #expect(connection.patience == .seconds(1))
        connection.advance(by: .seconds(1))
        #expect(connection.isClosed)
    }

    @Test("a connection that is closing already has no longer than a moment")
    func closing() {
        var connection = OfflineConnection(application: Vector.application)
        connection.receive(Array("GET\r\n\r\n".utf8))
        #expect(connection.isLingering && connection.patience == .seconds(5))
        connection.drain()
        #expect(connection.patience == .seconds(1))
    }
}

/// Clients that threads hand to each other, and never use at the same time.
// Each is used by one thread alone until that has ended.
private final class Clients: @unchecked Sendable {
    let all: [RawClient]

    init(all: [RawClient]) {
        self.all = all
    }
}
