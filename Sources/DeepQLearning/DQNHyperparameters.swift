public import ExperienceReplay
public import NeuralNetworks

/// Every constant of deep Q-learning, each with its unit in its name.
///
/// Counts are of agent steps (actions chosen), not of emulator frames, which the paper's frame skip
/// makes four times as many, and of gradient updates where the name says so. The defaults are those
/// of Mnih et al. 2015, Extended Data Table 1, as DeepMind's own program read them.
public struct DQNHyperparameters: Equatable, Sendable {
    /// The hidden layers.
    public var network: [LayerSpecification] = .nature
    /// What the network's outputs stand for.
    public var head = ValueHeadSettings()
    /// How parameters are drawn at first.
    public var initialization = Initialization.fanInUniform
    /// γ: what a reward one step later is worth.
    public var discount: Float = 0.99
    /// n: the most steps of one transition; 1 is the paper's.
    public var stepsPerTransition = 1
    /// Which action the value of the next state is that of; `max` is the paper's.
    public var bootstrapRule = BootstrapRule.max
    /// The constants of the rule `munchausen`.
    public var munchausen = Munchausen()
    /// Transitions of one update.
    public var batchSize = 32
    /// Frames the replay memory keeps, of all environments together.
    public var replayCapacityFrames = 1_000_000
    /// Where these frames lie.
    public var replayStorage = ReplayStorage.memory
    /// How likely each of its transitions is to be drawn; `uniform` is the paper's.
    public var replaySampling = ReplaySampling.uniform
    /// The constants of `proportional` sampling.
    public var prioritization = Prioritization()
    /// Worlds that the agent acts in at once: a round of as many agent steps, chosen in one batch.
    public var environmentCount = 1
    /// Agent steps before the first update.
    public var learningStartsAgentSteps = 50_000
    /// Agent steps from one round of updates to the next.
    public var updatePeriodAgentSteps = 4
    /// Updates of one round.
    public var updatesPerPeriod = 1
    /// Whether the agent waits for the updates of a round or acts meanwhile.
    public var schedule = LearningSchedule.sequential
    /// What the products of an update are computed in.
    public var precision = LearningPrecision.fp32
    /// When the target network is made equal to the online one.
    public var targetUpdatePeriod = TargetUpdatePeriod.agentSteps(10_000)
    /// The rule that turns gradients into steps.
    public var optimizer = OptimizerSpecification.rmspropNature(RMSPropNature())
    /// What a TD error costs.
    public var loss = LossFunction.huber
    /// Whether a batch's losses are summed or averaged.
    public var lossReduction = LossReduction.sum
    /// The length beyond which a gradient is shortened, or 0 for none.
    public var maxGradientNorm: Float = 0
    /// Whether rewards are cut to −1 … 1 before they are learned from; returns are logged uncut.
    public var clipsRewards = true
    /// Pixels by which the images of a batch are shifted at random, at most; 0 for not at all.
    public var randomShiftPixels = 0
    /// Updates after which the networks begin anew, or 0 for never.
    public var resetPeriodUpdates = 0
    /// What convolutions keep of their parameters then.
    public var resetKeptShare: Float = 0.8
    /// How often an action is chosen at random.
    public var exploration = ExplorationSchedule()

    /// The paper's constants.
    public init() {}
}

/// When the target network is made equal to the online one, in one of the two units that papers and
/// programs mix up: the paper says updates, DeepMind's program counts agent steps.
public enum TargetUpdatePeriod: Equatable, Sendable {
    /// After every so many gradient updates.
    case updates(Int)
    /// After every so many agent steps, once learning has started.
    case agentSteps(Int)
}

extension DQNHyperparameters {
    /// Why an agent with these constants cannot be made, and which of them is at fault; nil where
    /// it can.
    ///
    /// An overlapped round's transitions are all drawn before it, and so are the next round's while
    /// it is under way.
    package func fault(stack: Int, stateByteCount: Int) -> (field: String, message: String)? {
        let needed = (stack + 2) * environmentCount
        if replayCapacityFrames < needed {
            return (
                "replay_capacity_frames",
                "must be at least \(needed) for states of \(stack) frames"
                    + (environmentCount > 1 ? " in \(environmentCount) environments" : "")
                    + ", got \(replayCapacityFrames)"
            )
        }
        if !precision.isAvailable {
            return ("precision", "\(precision) needs a CPU with AVX512-BF16; this one takes fp32")
        }
        if let fault = head.fault { return fault }
        if head.kind != .scalar, loss != .huber {
            return (
                "loss",
                "must be huber beside value_head \(head.kind.rawValue), whose loss is its own, got "
                    + loss.rawValue
            )
        }
        let batchByteCount = 2 * stateByteCount * batchSize
        let limit = max(1, Self.overlappedByteLimit / 2 / batchByteCount / mostPeriodsDue)
        if schedule == .overlapped, updatesPerPeriod > limit {
            return (
                "updates_per_period",
                "must be at most \(limit) in an overlapped schedule with batches of "
                    + "\(batchByteCount) bytes, got \(updatesPerPeriod)"
            )
        }
        return nil
    }

    /// The most update periods that can end within one round of agent steps.
    var mostPeriodsDue: Int {
        (environmentCount + updatePeriodAgentSteps - 1) / updatePeriodAgentSteps
    }

    /// How many multiples of `period` were passed by the agent steps after `start` up to `steps`,
    /// counting from the step at which learning starts.
    func periodsEnded(_ period: Int, after start: Int, at steps: Int) -> Int {
        let before = max(start, learningStartsAgentSteps - 1)
        return before < steps ? steps / period - before / period : 0
    }

    /// Memory for the transitions of two rounds.
    private static let overlappedByteLimit = 1 << 29
}
