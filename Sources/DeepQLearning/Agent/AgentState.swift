public import ExperienceReplay
internal import NeuralNetworks
public import RandomNumbers
internal import Tensors

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
    /// What was learned and is not acted with yet; nil in a sequential schedule.
    public var pending: PendingRound?
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

    init(_ learner: borrowing DQNLearner) {
        online = learner.online.parameterArray
        target = Array(copying: learner.target.parameters.span)
        optimizerUpdates = learner.optimizer.updateCount
        meanGradient = Array(copying: learner.optimizer.meanGradient.span)
        meanSquare = Array(copying: learner.optimizer.meanSquare.span)
        velocity = Array(copying: learner.optimizer.velocity.span)
    }
}

/// A round of updates that is in the learner's state already, while the agent still acts with the
/// parameters from before it.
public struct PendingRound: Equatable, Sendable {
    /// What the updates saw.
    public var round: LearningRound
    /// The parameters that the agent acts with until the next round is due.
    public var acting: [Float]
    /// Whether the target network follows the online one as soon as the round is taken in.
    public var isTargetUpdateDue: Bool
}
