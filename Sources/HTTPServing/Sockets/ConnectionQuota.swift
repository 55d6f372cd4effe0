internal import Synchronization

/// How many connections there are, in all and from each client, over all loops of a server.
final class ConnectionQuota: Sendable {
    private struct State {
        var total = 0
        var refused = 0
        var clients: [PeerAddress.Client: Int] = [:]
    }

    enum Verdict {
        case admitted, full, clientFull
    }

    private let limit: Int
    private let limitPerClient: Int
    private let state = Mutex(State())

    init(limit: Int, limitPerClient: Int) {
        self.limit = limit
        self.limitPerClient = limitPerClient
    }

    /// How many connections are open, and how many were turned away so far.
    var counts: (open: Int, refused: Int) {
        state.withLock { ($0.total, $0.refused) }
    }

    func countRefusal() {
        state.withLock { $0.refused += 1 }
    }

    /// Counts one more connection, unless it would be too many.
    func take(_ client: PeerAddress.Client) -> Verdict {
        state.withLock { state in
            let own = state.clients[client, default: 0]
            guard own < limitPerClient else { return .clientFull }
            guard state.total < limit else { return .full }
            state.clients[client] = own + 1
            state.total += 1
            return .admitted
        }
    }

    func giveBack(_ client: PeerAddress.Client) {
        state.withLock { state in
            state.total -= 1
            let own = state.clients[client, default: 1] - 1
            state.clients[client] = own > 0 ? own : nil
        }
    }
}
