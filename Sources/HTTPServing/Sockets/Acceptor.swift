internal import Glibc

/// Takes new connections for a loop, within the server's limits.
// Confined to the loop's queue.
final class Acceptor {
    /// Nil once the loop takes no more connections; the last loop to let go closes the socket.
    private var listener: SharedListener?
    /// Given up to accept a connection when no other descriptor is left.
    private var spare: Int32
    private var isListening = false
    /// Whether connections may wait to be taken.
    var isDue = false
    private var resting = RestingConnections()
    /// Connections beyond the limits, oldest first, and some that are closed by now.
    private var reserved: [UInt64] = []

    /// How many connections are taken in one turn of the loop.
    private static let batch = 64

    init(listener: SharedListener) {
        self.listener = listener
        spare = Self.openSpare()
    }

    deinit {
        if spare >= 0 { _ = close(spare) }
    }

    private static func openSpare() -> Int32 {
        unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    func resume(on loop: EventLoop) {
        guard let listener, !isListening else { return }
        isListening = loop.poller.watchShared(
            listener.socket.descriptor.number,
            key: EventLoop.listenerKey
        )
    }

    /// Takes what has connected already, then no more.
    func stop(on loop: EventLoop) {
        acceptConnections(on: loop)
        ignore(on: loop)
        (listener, isDue) = (nil, false)
    }

    func acceptConnections(on loop: EventLoop) {
        guard let listener else { return }
        isDue = false
        for _ in 0..<Self.batch {
            switch listener.socket.accept() {
            case .connection(let descriptor, let peer):
                admit(descriptor, peer, on: loop)
            case .exhausted:
                guard refuseWithoutDescriptor(on: loop) else { return pause(on: loop) }
            case .nothing:
                return
            }
        }
        // The poller would name the listener again only after all else that is ready.
        isDue = true
    }

    /// Lets connections wait in the kernel for a moment.
    private func pause(on loop: EventLoop) {
        ignore(on: loop)
        loop.resumeAccepting(after: .milliseconds(100))
    }

    private func ignore(on loop: EventLoop) {
        guard let listener, isListening else { return }
        loop.poller.ignore(listener.socket.descriptor.number)
        isListening = false
    }

    private func admit(_ descriptor: consuming Descriptor, _ peer: PeerAddress, on loop: EventLoop)
    {
        let owner = loop.proxies.contains(peer) ? nil : peer.client
        var verdict = loop.quota.take(owner)
        if verdict == .full, let idle = resting.next(in: loop.connections, at: loop.now) {
            // A connection that only waits is worth less than one that wants something.
            idle.close(on: loop, isAborted: false)
            verdict = loop.quota.take(owner)
        }
        guard verdict == .admitted || takesReserve(on: loop) else {
            return Self.refuse(descriptor, peer, on: loop)
        }
        let connection = Connection(
            descriptor,
            key: loop.connections.makeKey(),
            peer: peer,
            owner: owner,
            place: verdict == .admitted ? .request : .reserved,
            settings: loop.settings,
            at: loop.now
        )
        loop.connections.insert(connection)
        if verdict != .admitted { reserved.append(connection.key) }
        guard loop.poller.watch(connection.socket, key: connection.key) else {
            return connection.close(on: loop, isAborted: true)
        }
        // What a client sends with its connection is served before the poller comes to it.
        connection.isReadable = true
        connection.serve(on: loop)
    }

    /// Takes a place in the reserve, where need be that of the one who has been there longest.
    private func takesReserve(on loop: EventLoop) -> Bool {
        if loop.quota.takeReserved() {
            // Those that went by themselves, or got a place within the limits, are forgotten here.
            if reserved.count >= 2 * loop.quota.limits.reserved {
                reserved.removeAll { loop.connections[$0]?.place != .reserved }
            }
            return true
        }
        while !reserved.isEmpty {
            guard let oldest = loop.connections[reserved.removeFirst()], oldest.place == .reserved
            else { continue }
            if oldest.exchange == nil, oldest.state.isAwaitingHead {
                Self.refuse(oldest.socket, oldest.peer, on: loop)
            }
            oldest.close(on: loop, isAborted: false)
            return loop.quota.takeReserved()
        }
        return false
    }

    private static func refuse(
        _ socket: borrowing Descriptor,
        _ peer: PeerAddress,
        on loop: EventLoop
    ) {
        loop.countRefusal(.connection, from: peer)
        let refusal = loop.refusal
        _ = socket.send(refusal.span, moreFollows: false)
        socket.shutDownWriting()
        // Bytes left unread would turn the end of the connection into a reset.
        _ = socket.receive(into: loop.input, limit: loop.input.count)
    }

    /// With no descriptor left, the one kept for this takes the connection off the queue; leaving
    /// it there would wake the loop without end.
    private func refuseWithoutDescriptor(on loop: EventLoop) -> Bool {
        guard spare >= 0, let listener else { return false }
        _ = close(spare)
        defer { spare = Self.openSpare() }
        guard case .connection(_, let peer) = listener.socket.accept() else { return false }
        loop.countRefusal(.connection, from: peer)
        return true
    }
}

/// The listening socket, closed when the last loop has stopped accepting.
final class SharedListener: Sendable {
    let socket: Listener

    init(_ socket: consuming Listener) {
        self.socket = socket
    }
}
