/// Which connections are closed first where all places are taken: of those that wait for a request
/// the ones that never made any, then the ones that have waited longest.
///
/// They are looked for many at a time. A search for each new connection goes through all there
/// are, and a flood of new ones would hold up everybody else.
struct RestingConnections {
    private struct Candidate {
        let key: UInt64
        let hasAsked: Bool
        let since: MonotonicTime
    }

    /// The first to go is the last one here.
    private var candidates: [Candidate] = []
    /// When there was none, so that one turn of the loop does not search again and again.
    private var foundNoneAt: MonotonicTime?

    private static let limit = 64

    /// The connection that has to go; nil where all are busy.
    mutating func next(in connections: ConnectionTable, at now: MonotonicTime) -> Connection? {
        if let connection = nextKnown(in: connections) { return connection }
        guard foundNoneAt != now else { return nil }
        search(connections)
        foundNoneAt = candidates.isEmpty ? now : nil
        return nextKnown(in: connections)
    }

    /// Leaves out what has been closed or used since the search.
    private mutating func nextKnown(in connections: ConnectionTable) -> Connection? {
        while let candidate = candidates.popLast() {
            guard let connection = connections[candidate.key], connection.state.isIdle,
                connection.state.clock.idleSince == candidate.since
            else { continue }
            return connection
        }
        return nil
    }

    private mutating func search(_ connections: ConnectionTable) {
        var resting: [Candidate] = []
        connections.forEach { connection in
            guard connection.state.isIdle, connection.place != .reserved else { return }
            resting.append(
                Candidate(
                    key: connection.key,
                    hasAsked: connection.state.hasAsked,
                    since: connection.state.clock.idleSince
                )
            )
        }
        // Those that made requests are safe as long as there are others.
        if resting.contains(where: { !$0.hasAsked }) { resting.removeAll(where: \.hasAsked) }
        resting.sort { $0.since < $1.since }
        candidates = resting.prefix(Self.limit).reversed()
    }
}
