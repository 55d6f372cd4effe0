internal import Synchronization

/// What a server turned away because of its limits since it last told.
public struct HTTPRefusals: Sendable {
    /// Connections beyond a limit.
    public fileprivate(set) var connections = 0
    /// Event streams beyond a limit.
    public fileprivate(set) var streams = 0
    /// Who was turned away last.
    public fileprivate(set) var lastPeer = PeerAddress.loopback
}

/// Counts what is turned away, and tells of it at most once a second: a flood must not become a
/// flood of log lines.
final class RefusalReporter: Sendable {
    enum Kind {
        case connection, stream
    }

    private struct State {
        var totals = HTTPRefusals()
        var untold: HTTPRefusals?
        var dueAt = MonotonicTime.distantFuture
    }

    private let onRefusal: (@Sendable (HTTPRefusals) -> Void)?
    private let state = Mutex(State())

    private static let pauseNanoseconds: Int64 = 1_000_000_000

    init(_ onRefusal: (@Sendable (HTTPRefusals) -> Void)?) {
        self.onRefusal = onRefusal
    }

    /// Everything turned away since the start.
    var totals: HTTPRefusals {
        state.withLock { $0.totals }
    }

    /// Counts one more.
    /// - Returns: When the caller has to ``report(at:)``; nil where somebody else does already.
    func count(_ kind: Kind, from peer: PeerAddress, at now: MonotonicTime) -> MonotonicTime? {
        state.withLock { state in
            let isFirst = state.untold == nil
            var untold = state.untold ?? HTTPRefusals()
            untold.count(kind, from: peer)
            state.untold = untold
            state.totals.count(kind, from: peer)
            guard isFirst, onRefusal != nil else { return nil }
            state.dueAt = now.advanced(by: Self.pauseNanoseconds)
            return state.dueAt
        }
    }

    /// Tells of what was turned away in the last second.
    /// - Returns: When to call again, where it is too early.
    func report(at now: MonotonicTime) -> MonotonicTime? {
        let (untold, later) = state.withLock { state -> (HTTPRefusals?, MonotonicTime?) in
            guard state.untold != nil else { return (nil, nil) }
            guard state.dueAt <= now else { return (nil, state.dueAt) }
            defer { state.untold = nil }
            return (state.untold, nil)
        }
        if let untold { onRefusal?(untold) }
        return later
    }
}

extension HTTPRefusals {
    fileprivate mutating func count(_ kind: RefusalReporter.Kind, from peer: PeerAddress) {
        switch kind {
        case .connection: connections += 1
        case .stream: streams += 1
        }
        lastPeer = peer
    }
}
