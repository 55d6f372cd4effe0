import Foundation
import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct VectorTests {
    /// The rules of the report that one request can show; those left out are about time, many
    /// connections or an end in between, and have tests of their own.
    private static let rules = [
        1...32, 40...50, 60...67, 70...74, 77...80, 91...93, 96...99,
    ].flatMap(Array.init)

    @Test("every rule has a vector that is named after it", arguments: rules)
    func coverage(rule: Int) {
        #expect(Vector.all.contains { $0.rule == rule })
    }

    @Test("every vector shows a rule, and no two have one name")
    func names() {
        let strangers = Vector.all.filter { !Self.rules.contains($0.rule ?? 0) }
        #expect(strangers.map(\.name).isEmpty)
        #expect(Set(Vector.all.map(\.name)).count == Vector.all.count)
    }

    @Test("a vector is answered the same however it is cut", arguments: Vector.all)
    func cuts(_ vector: Vector) {
        let whole = outcome(of: vector, cutAt: [])
        #expect(whole.matches(vector), "\(whole)")
        #expect(outcome(of: vector, cutAt: Array(vector.bytes.indices)) == whole)
        // Of long ones every position near the ends, where the decisions are, and some between.
        for cut in vector.bytes.indices
        where vector.bytes.count < 700 || cut < 40 || cut % 9_973 == 0 {
            #expect(outcome(of: vector, cutAt: [cut]) == whole, "cut at \(cut)")
        }
    }

    @Test("a vector is answered over a socket as listed")
    func sockets() async throws {
        try await serving(Vector.application) { server in
            let port = server.port
            for vector in Vector.all {
                let outcome = try await onThread { try Self.outcome(of: vector, port: port) }
                #expect(outcome.matches(vector), "\(vector.name): \(outcome)")
            }
        }
    }

    private static func outcome(of vector: Vector, port: Int) throws -> Outcome {
        let client = try RawClient(port: port)
        client.send(vector.bytes)
        if vector.ends { client.endSending() }
        let expected = vector.statuses.count
        try client.receive { Self.statuses(in: $0, of: vector).count >= expected }
        if vector.after == .closes {
            let all = try client.receiveAll()
            return Outcome(statuses: statuses(in: all, of: vector), closes: true)
        }
        // Another request finds out whether the connection is in step.
        if vector.after == .stays { client.send(get("/ok")) }
        if vector.after == .stays {
            try client.receive { Self.statuses(in: $0, of: vector).count > expected }
        }
        let all = statuses(in: client.received, of: vector)
        return Outcome(statuses: Array(all.prefix(expected)), closes: client.hasEnded)
    }

    /// No body of these vectors looks like a status line.
    private static func statuses(in bytes: [UInt8], of vector: Vector) -> [Int] {
        String(decoding: bytes, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").dropFirst()
            .compactMap { Int($0.prefix(3)) }.filter { $0 != 100 || vector.isInterim }
    }

    private func outcome(of vector: Vector, cutAt cuts: [Int]) -> Outcome {
        var connection = OfflineConnection(application: Vector.application)
        var start = 0
        for end in cuts + [vector.bytes.count] where end > start {
            connection.receive(Array(vector.bytes[start..<end]))
            start = end
        }
        if vector.ends { connection.receiveEnd() }
        return Outcome(
            statuses: connection.statuses.filter { $0 != 100 || vector.isInterim },
            closes: connection.isClosed || connection.isLingering
        )
    }
}

/// What a vector led to.
struct Outcome: Equatable {
    let statuses: [Int]
    let closes: Bool

    func matches(_ vector: Vector) -> Bool {
        guard statuses.count == vector.statuses.count else { return false }
        let isAnswered = zip(statuses, vector.statuses).allSatisfy { $1.contains($0) }
        switch vector.after {
        case .stays: return isAnswered && !closes
        case .closes: return isAnswered && closes
        case .either: return isAnswered
        }
    }
}

extension Vector {
    /// The number of the rule that it shows, with which its name begins.
    var rule: Int? { name.split(separator: " ").first.flatMap { Int($0) } }

    /// Whether the vector is about the interim response itself.
    var isInterim: Bool {
        statuses.contains([100])
    }
}
