internal import Synchronization

/// How many connections and event streams there are, in all and of each client, over all loops of
/// a server.
///
/// An event stream is counted apart from the connections that carry requests, so that readers who
/// stay for hours take no place from those who ask for something.
final class ConnectionQuota: Sendable {
    /// What a connection is counted as.
    enum Place: Equatable {
        case request
        /// Beyond the limits: only a health check is answered.
        case reserved
        /// It carries an event stream for this client.
        case stream(PeerAddress.Client)
    }

    enum Verdict {
        case admitted, full, clientFull
    }

    struct Limits {
        let connections: Int
        let connectionsPerClient: Int
        let reserved: Int
        let streams: Int
        let streamsPerClient: Int

        /// The limits that a process with so many descriptors can keep.
        init(_ limits: HTTPLimits, descriptors: Int) {
            reserved = min(limits.reservedConnections, descriptors / 8)
            streams = min(limits.streams, descriptors / 4)
            connections = min(limits.connections, descriptors - streams - reserved)
            connectionsPerClient = limits.connectionsPerAddress
            streamsPerClient = limits.streamsPerAddress
        }
    }

    fileprivate struct State {
        var requests = 0
        var reserved = 0
        var streams = 0
        var requestClients: [PeerAddress.Client: Int] = [:]
        var streamClients: [PeerAddress.Client: Int] = [:]
    }

    let limits: Limits
    private let state = Mutex(State())

    init(limits: Limits) {
        self.limits = limits
    }

    /// How many connections are open within the limits, event streams included, and how many of
    /// them are streams.
    var counts: (connections: Int, streams: Int) {
        state.withLock { ($0.requests + $0.streams, $0.streams) }
    }

    /// Counts one more connection for requests, unless it would be too many; a client of nil is
    /// counted in the sum alone.
    func take(_ client: PeerAddress.Client?) -> Verdict {
        state.withLock { state in
            if let client {
                guard state.requestClients[client, default: 0] < limits.connectionsPerClient
                else { return .clientFull }
            }
            guard state.requests < limits.connections else { return .full }
            state.countRequest(of: client)
            return .admitted
        }
    }

    /// Counts one more connection beyond the limits, unless it would be too many.
    func takeReserved() -> Bool {
        state.withLock { state in
            guard state.reserved < limits.reserved else { return false }
            state.reserved += 1
            return true
        }
    }

    /// Counts a connection of `owner` as an event stream for `client` from now on, unless that
    /// would be one too many.
    func beginStream(for client: PeerAddress.Client, of owner: PeerAddress.Client?) -> Verdict {
        state.withLock { state in
            let own = state.streamClients[client, default: 0]
            guard own < limits.streamsPerClient else { return .clientFull }
            guard state.streams < limits.streams else { return .full }
            state.streams += 1
            state.streamClients[client] = own + 1
            state.discount(.request, of: owner)
            return .admitted
        }
    }

    /// The stream has ended, and its connection may bring other requests.
    func endStream(for client: PeerAddress.Client, of owner: PeerAddress.Client?) {
        state.withLock { state in
            state.discount(.stream(client), of: owner)
            // Not refused where that is one too many: it will be answered and go.
            state.countRequest(of: owner)
        }
    }

    /// A connection of `owner` is closed.
    func giveBack(_ place: Place, of owner: PeerAddress.Client?) {
        state.withLock { $0.discount(place, of: owner) }
    }
}

extension ConnectionQuota.State {
    fileprivate mutating func countRequest(of client: PeerAddress.Client?) {
        requests += 1
        if let client { requestClients[client, default: 0] += 1 }
    }

    fileprivate mutating func discount(
        _ place: ConnectionQuota.Place,
        of owner: PeerAddress.Client?
    ) {
        switch place {
        case .request:
            requests -= 1
            if let owner { Self.discount(owner, in: &requestClients) }
        case .reserved:
            reserved -= 1
        case .stream(let client):
            streams -= 1
            Self.discount(client, in: &streamClients)
        }
    }

    /// Clients without any are forgotten.
    private static func discount(
        _ client: PeerAddress.Client,
        in counts: inout [PeerAddress.Client: Int]
    ) {
        let rest = counts[client, default: 1] - 1
        counts[client] = rest > 0 ? rest : nil
    }
}
