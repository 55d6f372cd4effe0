import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConnectionStateTests {
    private func connection(
        _ change: (inout HTTPLimits, inout HTTPDeadlines) -> Void = { _, _ in }
    ) -> OfflineConnection {
        var limits = HTTPLimits()
        var deadlines = HTTPDeadlines()
        change(&limits, &deadlines)
        return OfflineConnection(
            application: Vector.application,
            limits: limits,
            deadlines: deadlines
        )
    }

    @Test("a header must be complete in time, however often a byte of it comes")
    func slowHeader() {
        var connection = connection { $1.header = .seconds(10) }
        for byte in "GET /o".utf8 {
            connection.receive([byte])
            #expect(!connection.isLingering)
            connection.advance(by: .seconds(1.9))
        }
        #expect(connection.statuses == [408])
        #expect(connection.isLingering)
    }

    @Test("a connection that waits for a request is closed without a word")
    func idle() {
        var connection = connection { $1.idle = .seconds(30) }
        #expect(connection.patience == .seconds(30))
        connection.advance(by: .seconds(29))
        connection.receive(Array(get("/ok").utf8))
        #expect(connection.statuses == [200])
        connection.advance(by: .seconds(29))
        #expect(!connection.isClosed)
        connection.advance(by: .seconds(1))
        #expect(connection.isClosed)
        #expect(connection.statuses == [200])
    }

    @Test("empty lines between requests are no beginning of a header")
    func emptyLineIsIdle() {
        var connection = connection {
            ($1.header, $1.idle) = (.seconds(1), .seconds(30))
        }
        connection.receive(Array((get("/ok") + "\r\n").utf8))
        connection.advance(by: .seconds(5))
        connection.receive(Array(get("/ok").utf8))
        #expect(connection.statuses == [200, 200])
    }

    @Test("a body that comes slower than the least rate is given up")
    func slowBody() {
        var connection = connection {
            ($1.body, $1.minimumBodyBytesPerSecond) = (.seconds(20), 1_000)
        }
        connection.receive(Array(post("/echo", "Content-Length: 100000\r\n").utf8))
        for _ in 0..<20 {
            connection.receive([UInt8](repeating: 0, count: 900))
            connection.advance(by: .seconds(1))
        }
        #expect(connection.statuses.isEmpty)
        #expect(connection.patience == .seconds(18))
        connection.advance(by: .seconds(18))
        #expect(connection.statuses == [408])
        #expect(connection.handled == 0)
    }

    @Test("a body at more than the least rate may take long")
    func steadyBody() {
        var connection = connection {
            ($1.body, $1.minimumBodyBytesPerSecond) = (.seconds(20), 1_000)
        }
        connection.receive(Array(post("/echo", "Content-Length: 100000\r\n").utf8))
        for _ in 0..<100 {
            connection.advance(by: .seconds(0.9))
            connection.receive([UInt8](repeating: 0, count: 1_000))
        }
        #expect(connection.statuses == [200])
    }

    @Test("a reader that takes a byte now and then is dropped")
    func slowReader() {
        var connection = connection {
            ($1.writeStall, $1.minimumWriteBytesPerSecond) = (.seconds(30), 100)
        }
        connection.isBlocked = true
        connection.receive(Array(get("/ok").utf8))
        for _ in 0..<29 {
            connection.advance(by: .seconds(1))
            connection.takeOutput(bytes: 1)
        }
        #expect(!connection.isClosed)
        connection.advance(by: .seconds(1))
        #expect(connection.isClosed)
    }

    @Test("a reader that keeps up the least rate is not dropped")
    func steadyReader() {
        var connection = connection {
            ($1.writeStall, $1.minimumWriteBytesPerSecond) = (.seconds(30), 100)
        }
        connection.isBlocked = true
        for _ in 0..<10 {
            connection.takeOutput(bytes: 3_000)
            connection.advance(by: .seconds(30))
        }
        #expect(!connection.isClosed)
        connection.isBlocked = false
        connection.advance(by: .seconds(29))
        #expect(!connection.isClosed)
    }

    @Test("nothing is read while the answers are not taken")
    func backPressure() {
        var connection = connection()
        connection.isBlocked = true
        connection.receive(Array(get("/ok").utf8))
        #expect(connection.statuses.isEmpty)
        #expect(!connection.wantsInput)
        connection.isBlocked = false
        connection.receive([])
        #expect(connection.statuses == [200])
    }

    @Test("after an error the connection is read until its end, for a while")
    func linger() {
        var connection = connection { $1.linger = .seconds(5) }
        connection.receive(Array("GET\r\n\r\n".utf8))
        #expect(connection.statuses == [400])
        #expect(connection.isLingering)
        connection.advance(by: .seconds(4))
        connection.receive([UInt8](repeating: 0, count: 100_000))
        #expect(!connection.isClosed)
        connection.advance(by: .seconds(1))
        #expect(connection.isClosed)
        #expect(connection.statuses == [400])
    }

    @Test("a client that ends too is let go at once")
    func lingerEnds() {
        var connection = connection()
        connection.receive(Array("GET\r\n\r\n".utf8))
        connection.receiveEnd()
        #expect(connection.isClosed)
    }

    @Test("a connection carries so many requests and no more")
    func requestLimit() {
        var connection = connection { limits, _ in limits.requestsPerConnection = 3 }
        connection.receive(Array(String(repeating: get("/ok"), count: 5).utf8))
        #expect(connection.statuses == [200, 200, 200])
        #expect(connection.isLingering)
        #expect(String(decoding: connection.output, as: UTF8.self).contains("Connection: close"))
    }

    @Test("a draining server closes what waits and answers what is under way")
    func drain() {
        var idle = connection()
        idle.drain()
        #expect(idle.isClosed)
        var busy = connection()
        busy.receive(Array(post("/echo", "Content-Length: 2\r\n", "a").utf8))
        busy.drain()
        #expect(!busy.isClosed)
        busy.receive(Array("b".utf8))
        #expect(busy.statuses == [200])
        #expect(busy.isLingering)
        #expect(String(decoding: busy.output, as: UTF8.self).contains("Connection: close"))
    }

    @Test("the interim response comes once the header is accepted, and only then")
    func expectation() {
        var connection = connection()
        let head = "Expect: 100-continue\r\nContent-Length: 5\r\n"
        connection.receive(Array(post("/echo", head).utf8))
        #expect(connection.statuses == [100])
        connection.receive(Array("hello".utf8))
        #expect(connection.statuses == [100, 200])
        connection.receive(Array(post("/tiny", head).utf8))
        #expect(connection.statuses == [100, 200, 413])
        #expect(connection.handled == 1)
    }
}
