import HTTPServing
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct StreamTests {
    private func get(_ path: String, version: String = "1.1") -> String {
        "GET \(path) HTTP/\(version)\r\nHost: localhost\r\n\r\n"
    }

    /// Gives `count` pieces of `bytes` bytes each, and counts those it was asked for.
    private func pieces(
        _ count: Int,
        bytes: Int,
        asked: Counter = Counter()
    ) -> HTTPStream {
        HTTPStream {
            let number = asked.increment()
            return number <= count ? [UInt8](repeating: UInt8(number % 256), count: bytes) : nil
        }
    }

    @Test("a stream goes out in chunks, and the connection stays")
    func chunked() async throws {
        let app = application { router in
            router.on(.get, "/") { _ in
                HTTPResponse(body: .stream(self.pieces(3, bytes: 4)))
            }
        }
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                for _ in 0..<2 {
                    client.send(self.get("/"))
                    let header = try client.response()
                    #expect(header.fields["transfer-encoding"] == "chunked")
                    #expect(header.fields["content-length"] == nil)
                    try client.receive { $0.suffix(5) == Array("0\r\n\r\n".utf8)[...] }
                    let pieces = [1, 2, 3].map { Array("4\r\n".utf8) + [$0, $0, $0, $0, 13, 10] }
                    #expect(client.received == pieces.joined() + Array("0\r\n\r\n".utf8))
                    client.forget()
                }
            }
        }
    }

    @Test("an HTTP/1.0 client gets no chunks; the end is the end of the connection")
    func closeDelimited() async throws {
        let app = application { router in
            router.on(.get, "/") { _ in
                HTTPResponse(body: .stream(self.pieces(3, bytes: 4)))
            }
        }
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send(
                    "GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
                )
                let all = try client.receiveAll()
                let header = try #require(Response.header(of: all))
                #expect(header.fields["transfer-encoding"] == nil)
                #expect(header.fields["connection"] == "close")
                #expect(all.count - header.count == 12)
            }
        }
    }

    @Test("a reader that does not read stops the producer")
    func backPressure() async throws {
        let asked = Counter()
        let full = Signal()
        let app = application { router in
            router.on(.get, "/") { _ in
                HTTPResponse(body: .stream(self.pieces(1_000_000, bytes: 65_536, asked: asked)))
            }
            router.onLoop(.get, "/blocked") { _ in
                full.fire()
                return HTTPResponse()
            }
        }
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send(self.get("/"))
                try client.receive { !$0.isEmpty }
                // Other requests make the loop turn until the producer stands still.
                let other = try RawClient(port: port)
                var (last, unchanged) = (0, 0)
                for _ in 0..<100_000 where unchanged < 200 {
                    other.send(self.get("/blocked"))
                    _ = try other.response()
                    let count = asked.value
                    unchanged = count == last ? unchanged + 1 : 0
                    last = count
                }
                // The sockets' buffers are a few megabytes.
                #expect(asked.value < 300)
                client.reset()
            }
        }
    }

    @Test("a reader that is gone cancels the producer")
    func cancellation() async throws {
        let cancelled = Signal()
        let started = Signal()
        let app = application { router in
            router.on(.get, "/") { _ in
                HTTPResponse(
                    body: .stream(
                        HTTPStream {
                            await withTaskCancellationHandler {
                                started.fire()
                                await cancelled.wait()
                            } onCancel: {
                                cancelled.fire()
                            }
                            throw CancellationError()
                        }
                    )
                )
            }
        }
        try await serving(app) { server in
            let client = try RawClient(port: server.port)
            client.send(get("/"))
            await started.wait()
            client.reset()
            await cancelled.wait()
        }
    }

    @Test("a stream that breaks off ends the connection without the last chunk")
    func broken() async throws {
        struct Broken: Error {}
        let asked = Counter()
        let app = application { router in
            router.on(.get, "/") { _ in
                HTTPResponse(
                    body: .stream(
                        HTTPStream {
                            guard asked.increment() == 1 else { throw Broken() }
                            return Array("piece".utf8)
                        }
                    )
                )
            }
        }
        try await serving(app) { server in
            let port = server.port
            let text = try await onThread {
                let client = try RawClient(port: port)
                client.send(self.get("/"))
                return String(decoding: try client.receiveAll(), as: UTF8.self)
            }
            #expect(!text.hasSuffix("\r\n0\r\n\r\n"))
        }
    }

    @Test("events are sent one by one, with a comment where none comes")
    func events() async throws {
        let (stream, feed) = AsyncStream.makeStream(of: ServerSentEvent.self)
        let app = application { router in
            router.on(.get, "/events") { _ in
                .events(stream, heartbeat: .milliseconds(20))
            }
        }
        try await serving(app) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send(self.get("/events"))
                try client.receive { $0.count > 10 && Response.header(of: $0) != nil }
                let header = try #require(Response.header(of: client.received))
                #expect(header.fields["content-type"] == "text/event-stream")
                #expect(header.fields["x-accel-buffering"] == "no")
                feed.yield(ServerSentEvent(data: "a\nb", event: "log", id: "1"))
                try client.receive {
                    String(decoding: $0, as: UTF8.self)
                        .contains("id: 1\nevent: log\ndata: a\ndata: b\n\n")
                }
                try client.receive {
                    String(decoding: $0, as: UTF8.self).contains("3\r\n:\n\n\r\n")
                }
                feed.finish()
                try client.receive { $0.suffix(5) == Array("0\r\n\r\n".utf8)[...] }
                #expect(!client.hasEnded)
            }
        }
    }

    @Test("the form of an event cannot be broken by its parts")
    func eventForm() {
        let event = ServerSentEvent(
            data: "a\r\nb\rc\n",
            event: "x\ny",
            id: "1\r2\u{0}",
            retryMilliseconds: 500
        )
        #expect(
            String(decoding: event.bytes, as: UTF8.self)
                == "retry: 500\nid: 12\nevent: xy\ndata: a\ndata: b\ndata: c\ndata: \n\n"
        )
    }

    @Test("a server that stops ends its streams properly")
    func drain() async throws {
        let (stream, _) = AsyncStream.makeStream(of: ServerSentEvent.self)
        let app = application { router in
            router.on(.get, "/events") { _ in .events(stream) }
        }
        let connected = Signal()
        let text = try await serving(app) { server in
            let port = server.port
            let reader = Task {
                try await onThread {
                    let client = try RawClient(port: port)
                    client.send(self.get("/events"))
                    try client.receive { Response.header(of: $0) != nil }
                    connected.fire()
                    return String(decoding: try client.receiveAll(), as: UTF8.self)
                }
            }
            await connected.wait()
            await server.shutDown(within: .seconds(5))
            return try await reader.value
        }
        #expect(text.hasSuffix("\r\n0\r\n\r\n"))
    }
}

final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    @discardableResult func increment() -> Int {
        count.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
