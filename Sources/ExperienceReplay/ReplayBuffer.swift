public import RandomNumbers

/// The most recent experience, each frame stored once; states are stacked anew when they are drawn.
///
/// A ring of slots, one a frame. A slot holds the frame, how it was reached (reward, and whether
/// the world went on) and what was done there (the action). A transition is two slots that follow
/// each other in one episode. Its states are the last `stack` frames of the episode; what lies
/// before the episode's first frame is zero. Mnih et al. 2015, "Training details"; Lin 1992.
///
/// An episode that was cut off by a time limit ends without a terminal state: its last transition
/// still counts its future. A lost life is terminal for learning while the episode goes on.
///
/// Several worlds that are played at once are as many streams, each with a ring of its own, of equal
/// size; transitions are drawn from all of them alike.
public struct ReplayBuffer: ~Copyable, Sendable {
    /// How many frames are kept, of all streams together.
    public let capacity: Int
    /// Frames in one state.
    public let stack: Int

    private var frames: FrameRing
    private(set) var slots: SlotTable
    private(set) var rings: [Ring]

    /// Makes room for `capacity` frames.
    ///
    /// - Parameters:
    ///   - capacity: Frames, at least 2 a stream; what cannot be divided evenly is left out.
    ///   - frameByteCount: Bytes of one frame.
    ///   - stack: Frames in one state, 1 … 255.
    ///   - streams: How many worlds experience comes from.
    ///   - storage: Where the frames lie.
    /// - Throws: `ReplayError.noMemory` where the system refuses the room, `noFile` where the disk does.
    public init(
        capacity: Int,
        frameByteCount: Int,
        stack: Int,
        streams: Int = 1,
        storage: ReplayStorage = .memory
    ) throws(ReplayError) {
        let layout = ReplayLayout(
            capacity: capacity,
            frameByteCount: frameByteCount,
            streams: streams
        )
        precondition((1...255).contains(stack), "a state has 1...255 frames, got \(stack)")
        let frames = try FrameRing(layout, storage: storage)
        let slots = try SlotTable(layout)
        self.capacity = layout.capacity
        self.stack = stack
        self.frames = frames
        self.slots = slots
        rings = (0..<streams).map {
            Ring(start: $0 * layout.ringCapacity, capacity: layout.ringCapacity)
        }
    }

    /// Bytes of one state.
    public var stateByteCount: Int { stack * frames.frameByteCount }

    /// How many transitions can be drawn now.
    public var transitionCount: Int { rings.reduce(0) { $0 + $1.transitionCount } }

    /// Frames held now.
    public var frameCount: Int { rings.reduce(0) { $0 + $1.frameCount } }

    /// Records the first frame of an episode.
    public mutating func beginEpisode(_ frame: Span<UInt8>, stream: Int = 0) {
        push(frame, Slot(), stream: stream)
    }

    /// Records what was done at the newest frame, and what came of it.
    ///
    /// - Parameters:
    ///   - action: What was done.
    ///   - reward: What it brought, as it is to be learned from.
    ///   - isTerminal: Whether nothing that comes after counts: a lost life, or the end of the game,
    ///     but not the end of the time.
    ///   - frame: What was seen next.
    ///   - stream: In which of the worlds.
    public mutating func append(
        action: Int,
        reward: Float,
        isTerminal: Bool,
        frame: Span<UInt8>,
        stream: Int = 0
    ) {
        let ring = rings[stream]
        precondition(ring.frameCount > 0, "an episode begins with `beginEpisode`")
        let newest = ring.slot(ring.frameCount - 1)
        slots[newest].action = UInt16(action)
        slots[newest].hasSuccessor = true
        let framesBefore = min(Int(slots[newest].framesBefore) + 1, stack - 1)
        // The transition can be drawn if the window of its first state is still whole.
        if isWhole(ring.frameCount - 1, ring) {
            rings[stream].transitionCount += 1
        }
        push(
            frame,
            Slot(reward: reward, isTerminal: isTerminal, framesBefore: UInt8(framesBefore)),
            stream: stream
        )
    }

    /// Stacks up the newest state of one stream.
    /// - Parameters:
    ///   - stream: Of which of the worlds.
    ///   - states: Rows of `stateByteCount` bytes, shape (stack, frame).
    ///   - row: Which of them is overwritten.
    public func readNewestState(
        stream: Int = 0,
        into states: inout [UInt8],
        row: Int = 0
    ) {
        let ring = rings[stream]
        precondition(ring.frameCount > 0, "no frame was recorded yet")
        var span = states.mutableSpan
        readState(at: ring.frameCount - 1, ring, into: &span, offset: row * stateByteCount)
    }

    /// Draws transitions, each equally likely, each time anew from all of them.
    public func sample(
        into batch: inout TransitionBatch,
        using generator: inout RandomGenerator
    ) {
        let transitionCount = transitionCount
        precondition(transitionCount > 0, "there is no transition to draw from")
        precondition(batch.stateByteCount == stateByteCount)
        let frameCount = frameCount
        for row in 0..<batch.count {
            let (index, stream) = draw(frameCount, transitionCount, using: &generator)
            read(transition: index, stream: stream, into: &batch, row: row)
        }
    }

    /// Fills one row of a batch with the transition that begins at `index`, counted from the
    /// stream's oldest frame.
    package func read(
        transition index: Int,
        stream: Int = 0,
        into batch: inout TransitionBatch,
        row: Int
    ) {
        let ring = rings[stream]
        let (first, second) = (slots[ring.slot(index)], slots[ring.slot(index + 1)])
        batch.actions[row] = Int(first.action)
        batch.rewards[row] = second.reward
        batch.continuations[row] = second.isTerminal ? 0 : 1
        batch.nextFrames[row] = ring.identity(index + 1)
        var states = batch.states.mutableSpan
        readState(at: index, ring, into: &states, offset: row * stateByteCount)
        var nextStates = batch.nextStates.mutableSpan
        readState(at: index + 1, ring, into: &nextStates, offset: row * stateByteCount)
    }

    /// Whether a transition begins at this frame, counted from the stream's oldest, and can be
    /// drawn.
    package func isDrawable(_ index: Int, stream: Int = 0) -> Bool {
        isDrawable(index, rings[stream])
    }

    private func isDrawable(_ index: Int, _ ring: Ring) -> Bool {
        slots[ring.slot(index)].hasSuccessor && isWhole(index, ring)
    }

    private func draw(
        _ frameCount: Int,
        _ transitionCount: Int,
        using generator: inout RandomGenerator
    ) -> (index: Int, stream: Int) {
        // Nearly every frame begins a transition, so one try nearly always does.
        for _ in 0..<64 {
            var index = generator.integer(below: frameCount)
            var stream = 0
            while index >= rings[stream].frameCount {
                index -= rings[stream].frameCount
                stream += 1
            }
            if isDrawable(index, rings[stream]) { return (index, stream) }
        }
        var remaining = generator.integer(below: transitionCount)
        for (stream, ring) in rings.enumerated() {
            for index in 0..<ring.frameCount where isDrawable(index, ring) {
                if remaining == 0 { return (index, stream) }
                remaining -= 1
            }
        }
        preconditionFailure("\(transitionCount) transitions were counted, fewer found")
    }

    /// Whether all frames of the state at `index` are still held.
    private func isWhole(_ index: Int, _ ring: Ring) -> Bool {
        index >= Int(slots[ring.slot(index)].framesBefore)
    }

    mutating func push(_ frame: Span<UInt8>, _ slot: Slot, stream: Int) {
        if rings[stream].frameCount == rings[stream].capacity {
            dropOldest(stream)
        }
        let place = rings[stream].extend()
        frames.write(frame, to: place)
        slots[place] = slot
    }

    /// A frame counted from the stream's oldest.
    @_lifetime(borrow self)
    func frame(_ index: Int, stream: Int) -> Span<UInt8> {
        frames[rings[stream].slot(index)]
    }

    /// Forgets everything of a stream; its next frame goes into the place `head` of its ring.
    mutating func begin(stream: Int, at head: Int) {
        rings[stream].clear(head: head)
    }

    /// Counts the drawable transitions after frames were pushed by themselves.
    mutating func recountTransitions(stream: Int) {
        let ring = rings[stream]
        rings[stream].transitionCount = (0..<ring.frameCount).count { isDrawable($0, ring) }
    }

    /// Forgets the oldest frame, and the transitions whose first state needs it.
    private mutating func dropOldest(_ stream: Int) {
        let reach = min(stack, rings[stream].frameCount)
        let before = (0..<reach).count { isDrawable($0, rings[stream]) }
        rings[stream].dropOldest()
        let after = (0..<(reach - 1)).count { isDrawable($0, rings[stream]) }
        rings[stream].transitionCount -= before - after
    }

    private func readState(
        at index: Int,
        _ ring: Ring,
        into state: inout MutableSpan<UInt8>,
        offset: Int
    ) {
        let held = Int(slots[ring.slot(index)].framesBefore)
        let size = frames.frameByteCount
        for position in 0..<stack {
            let age = stack - 1 - position
            let start = offset + position * size
            if age > held {
                state.fill(start..<(start + size), with: 0)
            } else {
                state.copy(frames[ring.slot(index - age)], to: start)
            }
        }
    }
}

extension MutableSpan<UInt8> {
    mutating func copy(_ source: Span<UInt8>, to start: Int) {
        precondition(start >= 0 && start + source.count <= count)
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { source in
                guard let target = target.baseAddress, let source_ = source.baseAddress else {
                    return
                }
                unsafe (target + start).copyMemory(from: source_, byteCount: source.count)
            }
        }
    }

    mutating func fill(_ range: Range<Int>, with byte: UInt8) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        unsafe withUnsafeMutableBufferPointer {
            unsafe $0[range].update(repeating: byte)
        }
    }
}
