public import ExperienceReplay
public import JSONFields
public import NeuralNetworks

/// Every constant of deep Q-learning, each with its unit in its name.
///
/// Counts are of agent steps (actions chosen), not of emulator frames, which the paper's frame skip
/// makes four times as many, and of gradient updates where the name says so. The defaults are those
/// of Mnih et al. 2015, Extended Data Table 1, as DeepMind's own program read them.
public struct DQNHyperparameters: Equatable, Sendable {
    /// The hidden layers.
    public var network: [LayerSpecification] = .nature
    /// How parameters are drawn at first.
    public var initialization = Initialization.fanInUniform
    /// γ: what a reward one step later is worth.
    public var discount: Float = 0.99
    /// Transitions of one update.
    public var batchSize = 32
    /// Frames the replay memory keeps, of all environments together.
    public var replayCapacityFrames = 1_000_000
    /// Where these frames lie.
    public var replayStorage = ReplayStorage.memory
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
    /// Takes in what is given, and leaves the rest as it was.
    public mutating func read(_ fields: inout FieldReader) {
        if fields.has("network") {
            var layers: [LayerSpecification] = []
            fields.readObjects("network", limit: NetworkArchitecture.layerLimit) { fields in
                layers.append(LayerSpecification(reading: &fields))
            }
            network = layers
        }
        fields.read("initialization", into: &initialization)
        fields.read("discount", in: 0...1, into: &discount)
        fields.read("batch_size", in: 1...4096, into: &batchSize)
        fields.read("replay_capacity_frames", in: 2...100_000_000, into: &replayCapacityFrames)
        fields.read("replay_storage", into: &replayStorage)
        fields.read("environment_count", in: 1...64, into: &environmentCount)
        let steps = 0...Self.longest
        fields.read("learning_starts_agent_steps", in: steps, into: &learningStartsAgentSteps)
        fields.read("update_period_agent_steps", in: 1...1_000_000, into: &updatePeriodAgentSteps)
        fields.read("updates_per_period", in: 1...100_000, into: &updatesPerPeriod)
        fields.read("schedule", into: &schedule)
        fields.read("precision", into: &precision)
        targetUpdatePeriod.read(&fields)
        fields.readObject("optimizer") { [copy = optimizer] fields in
            var optimizer = copy
            optimizer.read(&fields)
            self.optimizer = optimizer
        }
        fields.read("loss", into: &loss)
        fields.read("loss_reduction", into: &lossReduction)
        fields.read("max_gradient_norm", in: 0...1e9, into: &maxGradientNorm)
        fields.read("clip_rewards", into: &clipsRewards)
        exploration.read(&fields)
    }

    /// Every constant, to be read again.
    public var json: JSONValue {
        var object: JSONObject = [
            "network": .array(network.map(\.json)),
            "initialization": .string(initialization.rawValue),
            "discount": .single(discount),
            "batch_size": .integer(batchSize),
            "replay_capacity_frames": .integer(replayCapacityFrames),
            "replay_storage": .string(replayStorage.rawValue),
            "environment_count": .integer(environmentCount),
            "learning_starts_agent_steps": .integer(learningStartsAgentSteps),
            "update_period_agent_steps": .integer(updatePeriodAgentSteps),
            "updates_per_period": .integer(updatesPerPeriod),
            "schedule": .string(schedule.rawValue),
            "precision": .string(precision.rawValue),
        ]
        switch targetUpdatePeriod {
        case .updates(let count): object[TargetUpdatePeriod.updatesKey] = .integer(count)
        case .agentSteps(let count): object[TargetUpdatePeriod.agentStepsKey] = .integer(count)
        }
        object["optimizer"] = optimizer.json
        object["loss"] = .string(loss.rawValue)
        object["loss_reduction"] = .string(lossReduction.rawValue)
        object["max_gradient_norm"] = .single(maxGradientNorm)
        object["clip_rewards"] = .bool(clipsRewards)
        exploration.write(to: &object)
        return .object(object)
    }

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

    /// How many multiples of `period` were passed by a round of agent steps that ended at `steps`,
    /// counting from the step at which learning starts.
    func periodsEnded(_ period: Int, at steps: Int) -> Int {
        let before = max(steps - environmentCount, learningStartsAgentSteps - 1)
        return before < steps ? steps / period - before / period : 0
    }

    /// Memory for the transitions of two rounds.
    private static let overlappedByteLimit = 1 << 29

    /// The largest count of steps that is taken: some thousand years of training.
    static let longest = 1_000_000_000_000
}

extension TargetUpdatePeriod {
    fileprivate static let updatesKey = "target_update_period_updates"
    fileprivate static let agentStepsKey = "target_update_period_agent_steps"

    fileprivate mutating func read(_ fields: inout FieldReader) {
        let range = 1...DQNHyperparameters.longest
        if fields.has(Self.updatesKey) && fields.has(Self.agentStepsKey) {
            fields.fail(Self.updatesKey, "cannot stand beside \(Self.agentStepsKey)")
        }
        var count = 1
        if fields.has(Self.updatesKey) {
            fields.read(Self.updatesKey, in: range, into: &count)
            self = .updates(count)
        }
        if fields.has(Self.agentStepsKey) {
            fields.read(Self.agentStepsKey, in: range, into: &count)
            self = .agentSteps(count)
        }
        // Both names are known, also where neither is given.
        _ = (fields.value(Self.updatesKey), fields.value(Self.agentStepsKey))
    }
}
