internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// The networks and the optimizer's moments as a snapshot holds them, each a flat block in the order
/// of the layers.
struct LearnerState {
    /// Parameters of the network that learns.
    var online: [Float]
    /// Parameters of the target network.
    var target: [Float]
    /// Updates the optimizer has made.
    var optimizerUpdates: Int
    /// Running mean of the gradient.
    var meanGradient: [Float]
    /// Running mean of the squared gradient.
    var meanSquare: [Float]
    /// Heavy-ball momentum; empty unless the rule has it.
    var velocity: [Float]
    /// Where all that updates draw comes from.
    var generator: RandomGenerator

    init(_ learner: borrowing DQNLearner) {
        online = learner.online.parameterArray
        target = Array(copying: learner.target.parameters.span)
        optimizerUpdates = learner.optimizer.updateCount
        meanGradient = Array(copying: learner.optimizer.meanGradient.span)
        meanSquare = Array(copying: learner.optimizer.meanSquare.span)
        generator = learner.generator
        velocity = Array(copying: learner.optimizer.velocity.span)
    }
}

/// A round of updates that is in the learner's state already, while the agent still acts with the
/// parameters from before it.
struct PendingRound {
    /// What the updates saw.
    var round: LearningRound
    /// The parameters that the agent acts with until the next round is due.
    var acting: [Float]
    /// What each update saw of its batch.
    var learned: [LearnedErrors]
    /// Whether the target network follows the online one as soon as the round is taken in.
    var isTargetUpdateDue: Bool
}
