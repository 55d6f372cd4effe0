/// An action that was chosen, and what it was chosen by.
public struct AgentChoice: Equatable, Sendable {
    /// The bytes of the state: a stack of frames, oldest first.
    public var state: [UInt8]
    /// The number of the action.
    public var action: Int
    /// The values the action is the best by; nil where it was drawn at random.
    public var qValues: [Float]?

    /// Whether the action is the best known, not a random one.
    public var isGreedy: Bool { qValues != nil }
}
