internal import Synchronization

/// What all readers of one scope share: each event is read from the store and encoded once, each
/// picture made once, and both are handed to whoever is there for them.
///
/// Nothing is kept for a reader but its own position. One that is behind the shared ring fetches
/// from the store at its own pace; of the pictures it gets the newest.
final class EventWatch: Sendable {
    /// Where one reader is.
    struct Reader: Sendable {
        /// The last event it has.
        var position: Int
        /// Whether the store had nothing more for it: it is where the ring may begin.
        var isCaughtUp = false
        /// The last picture it has; nil where it wants none.
        var picture: Int?
    }

    /// What a reader does next.
    enum Step: Sendable {
        case picture([UInt8], number: Int)
        case events([UInt8], last: Int)
        /// Fetches from the store; where nothing is there, no event up to `floor` is left.
        case fetch(floor: Int?)
        case end
    }

    fileprivate struct State {
        /// Nil until a reader has caught up with the store.
        var ring: EventRing?
        var isEnded = false
        var failure: (any Error)?
        var picture: (bytes: [UInt8], number: Int)?
        var isPictureTaken = true
        var pictureCount = 0
        var nextID = 0
        var waiters: [Int: (reader: Reader, continuation: CheckedContinuation<Void, Never>)] = [:]
        var following: Task<Void, Never>?
        var looking: Task<Void, Never>?
    }

    let source: EventSource
    let history: EventHistory
    let views: AgentViews
    let clock: WatchClock
    private let ringBytes: Int
    private let state = Mutex(State())

    init(_ source: EventSource, views: AgentViews, clock: WatchClock, ringBytes: Int) {
        self.source = source
        self.ringBytes = ringBytes
        history = EventHistory(source)
        self.views = views
        self.clock = clock
    }

    /// Whether the store could not be read; those who come now begin a new watch.
    var hasFailed: Bool {
        state.withLock { $0.failure != nil }
    }

    /// Waits until there is something to do for a reader.
    func step(for reader: Reader) async throws -> Step {
        while !Task.isCancelled {
            if let step = try state.withLock({ try $0.step(for: reader) }) { return step }
            if reader.isCaughtUp { begin(at: reader.position) }
            await wait(reader)
        }
        return .end
    }

    private func wait(_ reader: Reader) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.hasStep(for: reader) { return true }
                    state.waiters[id] = (reader, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    /// Changes what is shared, and wakes the readers for which there is something now.
    private func change(_ body: (inout State) -> Void) {
        let woken = state.withLock { state in
            body(&state)
            let woken = state.waiters.filter { state.hasStep(for: $0.value.reader) }
            for id in woken.keys { state.waiters[id] = nil }
            return woken.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}

extension EventWatch {
    /// Begins the ring where a reader has caught up, and follows the store from there.
    private func begin(at position: Int) {
        state.withLock { state in
            guard state.ring == nil else { return }
            state.ring = EventRing(after: position, limitBytes: ringBytes)
            // Ends by itself when the last reader has left: see `stop`.
            state.following = Task { await self.follow(from: position) }
        }
    }

    /// Begins to make pictures.
    func startLooking() {
        state.withLock { state in
            guard state.looking == nil, !state.isEnded else { return }
            state.looking = Task { await self.look() }
        }
    }

    /// Makes no more pictures, as nobody wants any.
    func stopLooking() {
        let looking = state.withLock { state in
            defer { (state.looking, state.picture, state.isPictureTaken) = (nil, nil, true) }
            return state.looking
        }
        looking?.cancel()
    }

    /// Ends the watch, as nobody reads any more.
    func stop() {
        stopLooking()
        state.withLock { $0.following }?.cancel()
    }

    func add(_ piece: EventPiece) {
        change { $0.ring?.append(piece) }
    }

    func end() {
        change { $0.isEnded = true }
        stopLooking()
    }

    func fail(_ error: any Error) {
        change { $0.failure = error }
        stopLooking()
    }

    func show(_ picture: [UInt8]) {
        change { state in
            // Its task was told to end while it made this one.
            guard state.looking != nil else { return }
            state.pictureCount += 1
            state.picture = (picture, state.pictureCount)
            state.isPictureTaken = false
        }
    }

    /// The bytes of events that are held for all readers together.
    var heldBytes: Int {
        state.withLock { $0.ring?.byteCount ?? 0 }
    }

    /// Whether anybody has taken the last picture; where all readers are slow, no more are made.
    var isPictureTaken: Bool {
        state.withLock { $0.isPictureTaken }
    }
}

extension EventWatch.State {
    /// What there is to do for a reader; nil where it has to wait.
    fileprivate mutating func step(for reader: EventWatch.Reader) throws -> EventWatch.Step? {
        // Before the events, of which a quick job has always more.
        if let seen = reader.picture, let picture, picture.number > seen {
            isPictureTaken = true
            return .picture(picture.bytes, number: picture.number)
        }
        guard let ring else { return reader.isCaughtUp ? nil : .fetch(floor: nil) }
        guard reader.position >= ring.floor else { return .fetch(floor: ring.floor) }
        if let next = ring.next(after: reader.position) {
            return .events(next.bytes, last: next.last)
        }
        if let failure { throw failure }
        return isEnded ? .end : nil
    }

    fileprivate func hasStep(for reader: EventWatch.Reader) -> Bool {
        if let seen = reader.picture, let picture, picture.number > seen { return true }
        guard let ring else { return !reader.isCaughtUp }
        return reader.position < ring.newest || isEnded || failure != nil
    }
}
