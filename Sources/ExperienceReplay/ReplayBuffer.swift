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
public struct ReplayBuffer: ~Copyable, Sendable {
    /// How many frames are kept before the oldest is overwritten.
    public let capacity: Int
    /// Frames in one state.
    public let stack: Int
    /// How many transitions can be drawn now.
    public private(set) var transitionCount = 0
    /// Frames held now.
    public private(set) var frameCount = 0

    private var frames: FrameRing
    private(set) var slots: [Slot]
    /// Where the next frame goes.
    private var head = 0

    /// Makes room for `capacity` frames, of which the system gives memory as they come.
    ///
    /// - Parameters:
    ///   - capacity: Frames, at least 2.
    ///   - frameByteCount: Bytes of one frame.
    ///   - stack: Frames in one state, 1 … 255.
    /// - Throws: `ReplayError.noMemory` where the address space is too small.
    public init(capacity: Int, frameByteCount: Int, stack: Int) throws(ReplayError) {
        precondition(capacity >= 2, "a transition needs 2 frames, got a capacity of \(capacity)")
        precondition((1...255).contains(stack), "a state has 1...255 frames, got \(stack)")
        self.capacity = capacity
        self.stack = stack
        frames = try FrameRing(capacity: capacity, frameByteCount: frameByteCount)
        slots = Array(repeating: Slot(), count: capacity)
    }

    /// Bytes of one state.
    public var stateByteCount: Int { stack * frames.frameByteCount }

    /// Records the first frame of an episode.
    public mutating func beginEpisode(_ frame: Span<UInt8>) {
        push(frame, Slot())
    }

    /// Records what was done at the newest frame, and what came of it.
    ///
    /// - Parameters:
    ///   - action: What was done.
    ///   - reward: What it brought, as it is to be learned from.
    ///   - isTerminal: Whether nothing that comes after counts: a lost life, or the end of the game,
    ///     but not the end of the time.
    ///   - frame: What was seen next.
    public mutating func append(
        action: Int,
        reward: Float,
        isTerminal: Bool,
        frame: Span<UInt8>
    ) {
        precondition(frameCount > 0, "an episode begins with `beginEpisode`")
        let newest = slot(frameCount - 1)
        slots[newest].action = UInt16(action)
        slots[newest].hasSuccessor = true
        let framesBefore = min(Int(slots[newest].framesBefore) + 1, stack - 1)
        // The transition can be drawn if the window of its first state is still whole.
        if isWhole(frameCount - 1) {
            transitionCount += 1
        }
        push(
            frame,
            Slot(reward: reward, isTerminal: isTerminal, framesBefore: UInt8(framesBefore))
        )
    }

    /// Stacks up the newest state.
    /// - Parameter state: `stateByteCount` bytes, shape (stack, frame); overwritten.
    public func readNewestState(into state: inout [UInt8]) {
        precondition(frameCount > 0, "no frame was recorded yet")
        var span = state.mutableSpan
        readState(at: frameCount - 1, into: &span, offset: 0)
    }

    /// Draws transitions, each equally likely, each time anew from all of them.
    public func sample(
        into batch: inout TransitionBatch,
        using generator: inout RandomGenerator
    ) {
        precondition(transitionCount > 0, "there is no transition to draw from")
        precondition(batch.stateByteCount == stateByteCount)
        for row in 0..<batch.count {
            read(transition: drawIndex(using: &generator), into: &batch, row: row)
        }
    }

    /// Fills one row of a batch with the transition that begins at `index`, counted from the oldest
    /// frame.
    package func read(transition index: Int, into batch: inout TransitionBatch, row: Int) {
        let (first, second) = (slots[slot(index)], slots[slot(index + 1)])
        batch.actions[row] = Int(first.action)
        batch.rewards[row] = second.reward
        batch.continuations[row] = second.isTerminal ? 0 : 1
        var states = batch.states.mutableSpan
        readState(at: index, into: &states, offset: row * stateByteCount)
        var nextStates = batch.nextStates.mutableSpan
        readState(at: index + 1, into: &nextStates, offset: row * stateByteCount)
    }

    /// Whether a transition begins at this frame, counted from the oldest, and can be drawn.
    package func isDrawable(_ index: Int) -> Bool {
        slots[slot(index)].hasSuccessor && isWhole(index)
    }

    private func drawIndex(using generator: inout RandomGenerator) -> Int {
        // Nearly every frame begins a transition, so one try nearly always does.
        for _ in 0..<64 {
            let index = generator.integer(below: frameCount)
            if isDrawable(index) { return index }
        }
        var remaining = generator.integer(below: transitionCount)
        for index in 0..<frameCount where isDrawable(index) {
            if remaining == 0 { return index }
            remaining -= 1
        }
        preconditionFailure("\(transitionCount) transitions were counted, fewer found")
    }

    /// Whether all frames of the state at `index` are still held.
    private func isWhole(_ index: Int) -> Bool {
        index >= Int(slots[slot(index)].framesBefore)
    }

    /// The slot of a frame counted from the oldest.
    func slot(_ index: Int) -> Int {
        let oldest = head - frameCount
        let slot = oldest + index
        return slot < 0 ? slot + capacity : slot
    }

    mutating func push(_ frame: Span<UInt8>, _ slot: Slot) {
        if frameCount == capacity {
            dropOldest()
        }
        frames.write(frame, to: head)
        slots[head] = slot
        head = head + 1 == capacity ? 0 : head + 1
        frameCount += 1
    }

    /// A frame counted from the oldest.
    @_lifetime(borrow self)
    func frame(_ index: Int) -> Span<UInt8> {
        frames[slot(index)]
    }

    /// Forgets everything; the next frame goes into `slot`.
    mutating func begin(at slot: Int) {
        (frameCount, transitionCount, head) = (0, 0, slot)
    }

    /// Counts the drawable transitions after frames were pushed by themselves.
    mutating func recountTransitions() {
        transitionCount = (0..<frameCount).count { isDrawable($0) }
    }

    /// Forgets the oldest frame, and the transitions whose first state needs it.
    private mutating func dropOldest() {
        let reach = min(stack, frameCount)
        let before = (0..<reach).count { isDrawable($0) }
        frameCount -= 1
        let after = (0..<(reach - 1)).count { isDrawable($0) }
        transitionCount -= before - after
    }

    private func readState(at index: Int, into state: inout MutableSpan<UInt8>, offset: Int) {
        let held = Int(slots[slot(index)].framesBefore)
        let size = frames.frameByteCount
        for position in 0..<stack {
            let age = stack - 1 - position
            let start = offset + position * size
            if age > held {
                state.fill(start..<(start + size), with: 0)
            } else {
                state.copy(frames[slot(index - age)], to: start)
            }
        }
    }
}

/// What is known of a frame beside its pixels.
struct Slot: Equatable, Sendable {
    /// What reaching this frame brought.
    var reward: Float = 0
    /// What was done here, if there is a successor.
    var action: UInt16 = 0
    /// Frames of the same episode before this one that its state needs: at most stack − 1.
    var framesBefore: UInt8 = 0
    private var flags: UInt8 = 0

    init(reward: Float = 0, isTerminal: Bool = false, framesBefore: UInt8 = 0) {
        self.reward = reward
        self.framesBefore = framesBefore
        flags = isTerminal ? 2 : 0
    }

    /// Whether the next slot is the same episode's next frame.
    var hasSuccessor: Bool {
        get { flags & 1 != 0 }
        set { flags = newValue ? flags | 1 : flags & ~1 }
    }

    /// Whether nothing after reaching this frame counts.
    var isTerminal: Bool { flags & 2 != 0 }
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
