/// Transitions drawn for one update, in memory that is used again and again.
///
/// A transition begins in the state s, where the action a is taken, and leads to s′ one or more steps
/// later. Its target is r + d · V(s′): the discount d says all of what the future counts.
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
    /// r of each transition: the discounted sum over its steps.
    public var rewards: [Float]
    /// d of each transition: γ to the power of its steps, or 0 where s′ is terminal.
    public var discounts: [Float]
    /// What each transition's loss is multiplied by; 1 where all were equally likely.
    public var weights: [Float]
    /// The newest frame of each s, which a priority goes back to; nil where it is none of a replay
    /// memory's.
    public var origins: [FrameIdentity?]
    /// The newest frame of each s′; nil where it is none of a replay memory's.
    public var nextFrames: [FrameIdentity?]
    /// y − Q(s, a) of each transition, as the last update from this batch saw it.
    public var errors: [Float]

    /// Makes room for `count` transitions between states of `stateByteCount` bytes.
    public init(count: Int, stateByteCount: Int) {
        self.count = count
        self.stateByteCount = stateByteCount
        states = Array(repeating: 0, count: count * stateByteCount)
        nextStates = Array(repeating: 0, count: count * stateByteCount)
        actions = Array(repeating: 0, count: count)
        rewards = Array(repeating: 0, count: count)
        discounts = Array(repeating: 0, count: count)
        weights = Array(repeating: 1, count: count)
        origins = Array(repeating: nil, count: count)
        nextFrames = Array(repeating: nil, count: count)
        errors = Array(repeating: 0, count: count)
    }
}

extension TransitionBatch {
    /// Bytes that a batch of `count` transitions takes up; `Int.max` where no address reaches as far.
    public static func byteCount(count: Int, stateByteCount: Int) -> Int {
        let row =
            MemoryLayout<Int>.stride + 4 * MemoryLayout<Float>.stride
            + 2 * MemoryLayout<FrameIdentity?>.stride
        let (states, overflow) = stateByteCount.multipliedReportingOverflow(by: 2 * count)
        let (bytes, isTooMuch) = states.addingReportingOverflow(row * count)
        return overflow || isTooMuch ? .max : bytes
    }
}
