/// One client's connection: performs on its socket what the ``ConnectionState`` says.
///
/// While it waits it holds no buffers: it reads into and writes from those of its loop, and keeps
/// for itself only what could not be finished.
// Confined to the queue of its loop.
final class Connection {
    let socket: Descriptor
    let key: UInt64
    let peer: PeerAddress
    /// Whose connection it is counted as; nil for a trusted proxy, who asks for many clients.
    let owner: PeerAddress.Client?
    var place: ConnectionQuota.Place
    var state: ConnectionState
    /// Where the loop's wheel will bring this connection up.
    var scheduledTick: Int64?
    /// The request under way.
    var exchange: Exchange?
    /// What has been read and has to wait for the request before it.
    var backlog: [UInt8] = []
    var outgoing = Outgoing()
    var pump: StreamPump?
    /// The handler or stream that runs off the loop.
    var task: Task<Void, Never>?
    /// Whether the socket may have something to read; cleared by reading less than asked for.
    var isReadable = false
    private var sawEnd = false
    var bodyBytesCounted = 0
    private(set) var isClosed = false

    /// How many reads one turn allows.
    private static let readsPerTurn = 8
    /// As much as is read where the next request may begin; what is behind it has to be kept.
    private static let headReadBytes = 64 << 10

    init(
        _ socket: consuming Descriptor,
        key: UInt64,
        peer: PeerAddress,
        owner: PeerAddress.Client?,
        place: ConnectionQuota.Place,
        settings: ConnectionSettings,
        at now: MonotonicTime
    ) {
        self.socket = socket
        self.key = key
        self.peer = peer
        self.owner = owner
        self.place = place
        state = ConnectionState(
            settings: settings,
            openedAt: now,
            isReserved: place == .reserved
        )
    }

    var deadline: MonotonicTime {
        min(state.deadline, pump?.heartbeatDue ?? .distantFuture)
    }

    func take(_ event: Poller.Event, on loop: EventLoop) {
        if event.isDead {
            // Reset, or ended on both sides: nobody reads what is still to come.
            return close(on: loop, isAborted: true)
        }
        if event.isReadable { isReadable = true }
        if event.hasEnd {
            sawEnd = true
            // A client that only ended its own side reads on; one that is gone resets what comes,
            // and gives back its place at once instead of with the next event.
            if pump != nil { beat(on: loop) }
        }
        serve(on: loop)
    }

    /// Does all that can be done now: reads, handles and writes until one of them has to wait.
    func serve(on loop: EventLoop) {
        var reads = Self.readsPerTurn
        repeat {
            while !isClosed, outgoing.isEmpty, state.wantsInput {
                if !backlog.isEmpty {
                    let bytes = backlog
                    backlog = []
                    consume(bytes.span, on: loop)
                } else if isReadable, reads > 0 {
                    reads -= 1
                    read(on: loop)
                } else {
                    break
                }
            }
        } while !isClosed && flush(on: loop) && canGoOn && reads > 0
        guard !isClosed else {
            loop.output.removeAll(keepingCapacity: true)
            return
        }
        if canGoOn, outgoing.isEmpty { loop.postpone(self) }
        loop.watchDeadline(of: self)
    }

    private var canGoOn: Bool {
        !isClosed && state.wantsInput && (isReadable || !backlog.isEmpty)
    }

    private func read(on loop: EventLoop) {
        let limit = state.isReadingBody ? loop.input.count : Self.headReadBytes
        switch socket.receive(into: loop.input, limit: limit) {
        case .bytes(let count):
            // Less than asked for means that the socket is empty; only an end announced before
            // could still follow without a new event.
            isReadable = count == limit || sawEnd
            loop.input.withBytes(count) { consume($0, on: loop) }
        case .wouldBlock:
            isReadable = false
        case .end:
            isReadable = false
            // The client may still read the answers that were made in this turn.
            _ = flush(on: loop)
            if !isClosed { perform(state.receiveEnd(), hasInput: false, on: loop) }
        case .failed:
            close(on: loop, isAborted: true)
        }
    }

    private func consume(_ input: Span<UInt8>, on loop: EventLoop) {
        var offset = 0
        while offset < input.count, !isClosed {
            // Answers to requests sent in a row are sent together, up to a limit.
            if loop.output.count > EventLoop.outputBytes, !flush(on: loop) { break }
            let (action, taken) = state.receive(input.extracting(offset...), at: loop.now)
            offset += taken
            perform(action, hasInput: offset < input.count, on: loop)
            if taken == 0 || !outgoing.isEmpty { break }
        }
        guard !isClosed else { return }
        countBody(on: loop)
        if offset < input.count { backlog = Array(input.extracting(offset...)) }
    }

    func perform(_ action: ConnectionState.Action, hasInput: Bool, on loop: EventLoop) {
        guard !isClosed else { return }
        switch action {
        case .wait:
            break
        case .route(let head):
            route(head, hasInput: hasInput, on: loop)
        case .sendContinue:
            loop.output.append("HTTP/1.1 100 Continue\r\n\r\n")
        case .handle(let body):
            handle(body, on: loop)
        case .refuse(let error):
            refuse(error, on: loop)
        case .shutDownWriting:
            socket.shutDownWriting()
        case .close:
            close(on: loop, isAborted: false)
        }
    }

    /// Keeps the sum of all bodies in memory below its limit.
    private func countBody(on loop: EventLoop) {
        let limit = loop.settings.limits.bodyBytesInMemory
        let count =
            state.isReadingBody ? state.clock.bodyBytes : exchange?.requestBodyBytes ?? 0
        loop.bodyBytes += count - bodyBytesCounted
        bodyBytesCounted = count
        guard loop.bodyBytes > limit, state.isReadingBody else { return }
        perform(state.refuse(.bodyMemoryFull(limitBytes: limit)), hasInput: true, on: loop)
    }

    func expire(on loop: EventLoop) {
        if let pump, pump.heartbeatDue <= loop.now { beat(on: loop) }
        perform(state.expire(at: loop.now), hasInput: false, on: loop)
        if !isClosed { serve(on: loop) }
    }

    func drain(on loop: EventLoop) {
        perform(state.drain(at: loop.now), hasInput: false, on: loop)
        if pump != nil { task?.cancel() }
        if !isClosed { loop.watchDeadline(of: self) }
    }

    /// Ends the connection and all that works for it.
    ///
    /// It is aborted where the client gets less than it was promised, and by a reset where the end
    /// alone could be taken for the end of the answer.
    func close(on loop: EventLoop, isAborted: Bool) {
        guard !isClosed else { return }
        isClosed = true
        let isCutShort = isAborted || pump != nil || !outgoing.isEmpty
        if isCutShort, exchange?.status != nil { socket.resetOnClose() }
        task?.cancel()
        pump?.waiter?.resume(returning: false)
        pump = nil
        loop.bodyBytes -= bodyBytesCounted
        if exchange != nil { report(on: loop, isComplete: !isAborted && outgoing.isEmpty) }
        loop.connections.remove(key)
        loop.quota.giveBack(place, of: owner)
    }
}
