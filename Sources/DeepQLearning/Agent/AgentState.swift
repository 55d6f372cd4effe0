public import ExperienceReplay
public import RandomNumbers

/// All that an agent is made of at one moment: an agent given this state goes on to the bit as the
/// one it was taken from.
public struct AgentState: Equatable, Sendable {
    /// How far the agent had come.
    public var counts: AgentCounts
    /// Where the policy's random numbers stood.
    public var policyGenerator: RandomGenerator
    /// Where the replay's random numbers stood.
    public var replayGenerator: RandomGenerator
    /// Networks and moments.
    public var learner: LearnerState
    /// All experience held.
    public var replay: ReplayState
}

/// The networks and the optimizer's moments, each a flat block in the order of the layers.
public struct LearnerState: Equatable, Sendable {
    /// Parameters of the network that learns.
    public var online: [Float]
    /// Parameters of the target network.
    public var target: [Float]
    /// Updates the optimizer has made.
    public var optimizerUpdates: Int
    /// Running mean of the gradient.
    public var meanGradient: [Float]
    /// Running mean of the squared gradient.
    public var meanSquare: [Float]
    /// Heavy-ball momentum; empty unless the rule has it.
    public var velocity: [Float]
}
