/// Transitions (s, a, r, s′) drawn for one update, in memory that is used again and again.
public struct TransitionBatch: Sendable {
    /// How many transitions.
    public let count: Int
    /// Bytes of one state: a stack of frames.
    public let stateByteCount: Int
    /// s of each transition, shape (count, stack, frame), oldest frame first.
    public var states: [UInt8]
    /// s′ of each transition, of the same shape.
    public var nextStates: [UInt8]
    /// a of each transition.
    public var actions: [Int]
    /// r of each transition.
    public var rewards: [Float]
    /// 1 where the future counts, 0 where s′ is terminal.
    public var continuations: [Float]
    /// The newest frame of each s′; nil where it is none of a replay memory's.
    public var nextFrames: [FrameIdentity?]

    /// Makes room for `count` transitions between states of `stateByteCount` bytes.
    public init(count: Int, stateByteCount: Int) {
        self.count = count
        self.stateByteCount = stateByteCount
        states = Array(repeating: 0, count: count * stateByteCount)
        nextStates = Array(repeating: 0, count: count * stateByteCount)
        actions = Array(repeating: 0, count: count)
        rewards = Array(repeating: 0, count: count)
        continuations = Array(repeating: 0, count: count)
        nextFrames = Array(repeating: nil, count: count)
    }
}

/// One of all the frames that a replay memory has ever recorded; states with the same newest frame are
/// the same state.
public struct FrameIdentity: Hashable, Sendable {
    /// Where it lies, 0 ..< the memory's capacity.
    public let slot: Int
    /// How many frames its environment had recorded before it.
    public let number: Int

    /// Creates the identity of a frame.
    public init(slot: Int, number: Int) {
        self.slot = slot
        self.number = number
    }
}

extension TransitionBatch {
    /// Bytes that a batch of `count` transitions takes up; `Int.max` where no address reaches as far.
    public static func byteCount(count: Int, stateByteCount: Int) -> Int {
        let row =
            MemoryLayout<Int>.stride + 2 * MemoryLayout<Float>.stride
            + MemoryLayout<FrameIdentity?>.stride
        let (states, overflow) = stateByteCount.multipliedReportingOverflow(by: 2 * count)
        let (bytes, isTooMuch) = states.addingReportingOverflow(row * count)
        return overflow || isTooMuch ? .max : bytes
    }
}
