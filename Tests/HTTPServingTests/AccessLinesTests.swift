import Foundation
import HTTPServing
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct AccessLinesTests {
    /// The lines of all requests that were made while `body` ran, as parsed JSON.
    private func lines(
        _ app: HTTPApplication,
        _ body: @escaping @Sendable (RawClient) throws -> Void
    ) async throws -> [[String: Any]] {
        let log = AccessLog()
        try await serving(app, log: log) { server in
            let port = server.port
            try await onThread { try body(RawClient(port: port)) }
        }
        var lines = AccessLines()
        log.all.forEach { lines.append($0) }
        #expect(lines.count == lines.bytes.count)
        return try lines.bytes.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }

    @Test("a line of JSON tells all of a request")
    func members() async throws {
        let app = application { router in
            router.onLoop(.post, "/items/{id}") { _ in HTTPResponse(.created, text: "made") }
        }
        let start = Date.now
        let all = try await lines(app) { client in
            client.send(
                "POST /items/7?a={b} HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: it's-r\r\n"
                    + "Content-Length: 3\r\n\r\nabc"
            )
            let made = try client.response()
            #expect(made.status == 201)
            client.send("NO\r\n\r\n")
            let refused = try client.response()
            #expect(refused.status == 400)
        }
        let line = try #require(all.first)
        let time = try Date(
            try #require(line["time"] as? String),
            strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        )
        // Written to the millisecond, rounded down.
        #expect(start.addingTimeInterval(-0.002) <= time && time <= Date.now)
        #expect(line["level"] as? String == "info" && line["message"] as? String == "request")
        #expect(line["method"] as? String == "POST")
        #expect(line["target"] as? String == "/items/7?a={b}")
        #expect(line["route"] as? String == "/items/{id}")
        #expect(line["status"] as? Int == 201)
        #expect(line["request_body_bytes"] as? Int == 3)
        #expect(line["response_bytes"] as? Int ?? 0 > 50)
        #expect(line["duration_microseconds"] as? Int ?? .max < 10_000_000)
        let peer = try #require(line["peer"] as? String)
        #expect(peer.wholeMatch(of: /127\.0\.0\.1:\d{1,5}/) != nil)
        #expect(line["request_id"] as? String == "it's-r")
        #expect(line["complete"] as? Bool == true)
        #expect(line.count == 13)
        let unreadable = try #require(all.last)
        #expect(unreadable["method"] as? String == "-" && unreadable["target"] as? String == "")
        #expect(unreadable["route"] as? String == "-" && unreadable["status"] as? Int == 400)
        let name = try #require(unreadable["request_id"] as? String)
        #expect(name.wholeMatch(of: /[0-9a-f]{16}/) != nil)
        #expect(all.count == 2)
    }

    @Test("the name in the line is the one in the answer")
    func names() async throws {
        let app = application { router in
            router.onLoop(.get, "/") { _ in HTTPResponse() }
        }
        let answered = Names()
        let all = try await lines(app) { client in
            for _ in 0..<100 {
                client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answered.add(try client.response().fields["x-request-id"] ?? "")
            }
        }
        #expect(all.map { $0["request_id"] as? String } == answered.all)
        #expect(Set(answered.all).count == 100)
    }

    @Test("a route with quotes and backslashes leaves the line whole")
    func escapes() async throws {
        let route = "/a\"b\\c"
        let app = application { router in
            router.onLoop(.get, route) { _ in HTTPResponse() }
        }
        let all = try await lines(app) { client in
            client.send("GET /a%22b%5Cc HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let found = try client.response()
            #expect(found.status == 200)
        }
        #expect(all.first?["route"] as? String == route)
        #expect(all.first?["target"] as? String == "/a%22b%5Cc")
    }

    @Test("lines that were taken out are gone, and what they were exchanged for is overwritten")
    func exchange() async throws {
        let app = application { router in
            router.onLoop(.get, "/") { _ in HTTPResponse() }
        }
        let log = AccessLog()
        try await serving(app, log: log) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try client.response()
            }
        }
        let record = try #require(log.all.first)
        var lines = AccessLines()
        lines.append(record)
        let line = lines.bytes
        var bytes: [UInt8] = [1, 2, 3]
        lines.exchange(for: &bytes)
        #expect(bytes == line && lines.bytes.isEmpty)
        lines.append(record)
        lines.append(record)
        #expect(lines.bytes == line + [UInt8(ascii: "\n")] + line)
    }
}

/// Names of requests, in order.
private final class Names: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func add(_ name: String) {
        names.withLock { $0.append(name) }
    }
}
