public import NeuralNetworks

/// Every constant of parallelised Q-learning (PQN), each with its unit in its name.
///
/// The defaults are CleanRL's for Atari games (`pqn_atari_envpool.py`): eight environments, rollouts of 128
/// steps of each, four epochs of four minibatches.
public struct PQNHyperparameters: Equatable, Sendable {
    /// The hidden layers.
    public var network: [LayerSpecification] = [LayerSpecification].nature.normalized
    /// How parameters are drawn at first.
    public var initialization = Initialization.fanInUniform
    /// γ: what a reward one step later is worth.
    public var discount: Float = 0.99
    /// λ: how much a return counts the next step's return and not the value of its state.
    public var lambda: Float = 0.65
    /// Environments that the agent acts in at once.
    public var environmentCount = 8
    /// Agent steps of each environment between updates.
    public var rolloutSteps = 128
    /// Times that every step of a rollout is learned from.
    public var epochs = 4
    /// Parts that a rollout is cut into in each epoch, an update each.
    public var minibatches = 4
    /// What the matrix products of an update are computed in.
    public var precision = LearningPrecision.fp32
    /// The rule that turns gradients into steps.
    public var optimizer: OptimizerSpecification
    /// Agent steps over which the learning rate falls to 0 in a straight line; 0 where it stays.
    public var learningRateDecayAgentSteps = 0
    /// What an error costs.
    public var loss = LossFunction.halfSquared
    /// Whether a minibatch's losses are summed or averaged.
    public var lossReduction = LossReduction.mean
    /// The length beyond which a gradient is shortened, or 0 for none.
    public var maxGradientNorm: Float = 10
    /// Whether rewards are cut to −1 … 1 before they are learned from.
    public var clipsRewards = true
    /// How often an action is chosen at random.
    public var exploration = ExplorationSchedule(
        initialEpsilon: 1,
        finalEpsilon: 0.01,
        decayStartAgentSteps: 0,
        decayAgentSteps: 1_000_000
    )

    /// CleanRL's constants.
    public init() {
        var rule = RAdam()
        rule.learningRate = 0.00025
        optimizer = .radam(rule)
    }

    /// Steps of one update.
    public var minibatchSize: Int { rolloutSteps * environmentCount / minibatches }

    /// Why an agent with these constants cannot be made, and which of them is at fault; nil where it can.
    package var fault: (field: String, message: String)? {
        guard (rolloutSteps * environmentCount).isMultiple(of: minibatches) else {
            return (
                "minibatches",
                "must divide the \(rolloutSteps * environmentCount) steps of a rollout, got "
                    + "\(minibatches)"
            )
        }
        guard minibatchSize <= Self.mostMinibatchSteps else {
            return (
                "minibatches",
                "must leave at most \(Self.mostMinibatchSteps) steps for an update, got "
                    + "\(minibatchSize)"
            )
        }
        guard precision.isAvailable else {
            return ("precision", "\(precision) needs a CPU with AVX512-BF16; this one takes fp32")
        }
        return nil
    }

    private static let mostMinibatchSteps = 16_384

    /// The network that these constants describe.
    package func architecture(input: NetworkInput, actionCount: Int) -> NetworkArchitecture {
        NetworkArchitecture(input: input, hiddenLayers: network, outputCount: actionCount)
    }

    /// What the learning rate is multiplied by after so many agent steps.
    func rateScale(afterAgentSteps steps: Int) -> Float {
        guard learningRateDecayAgentSteps > 0 else { return 1 }
        return Float(max(0, 1 - Double(steps) / Double(learningRateDecayAgentSteps)))
    }
}
