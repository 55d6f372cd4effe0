import BackgroundQueues
import DeepQLearning
import NeuralNetworks
import RandomNumbers

/// A made-up world of three-byte frames in which the first action pays.
struct World {
    private var random: RandomGenerator
    private var mustBegin = true

    init(seed: UInt64) {
        random = RandomGenerator(seed: seed)
    }

    static func frame(_ byte: UInt8) -> [UInt8] { [byte, 255 - byte, 7] }

    /// The actions that were chosen so far.
    private(set) var actions: [Int] = []

    mutating func step(
        _ agent: any Agent,
        pool: ComputePool = ComputePool(width: 1)
    ) throws -> LearningSummary? {
        if mustBegin {
            agent.beginEpisode(Self.frame(UInt8(random.integer(below: 256))).span)
            mustBegin = false
        }
        let action = agent.selectAction(pool: pool)
        actions.append(action)
        let isTerminal = random.integer(below: 9) == 0
        agent.record(
            action: action,
            reward: action == 0 ? 1 : -0.5,
            isTerminal: isTerminal,
            frame: Self.frame(UInt8(random.integer(below: 256))).span
        )
        mustBegin = isTerminal
        return try agent.learn(pool: pool)
    }
}

extension DQNHyperparameters {
    /// Constants for a small agent in a small world.
    static var small: DQNHyperparameters {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.network = .mlp(16)
        hyperparameters.batchSize = 8
        hyperparameters.replayCapacityFrames = 100
        hyperparameters.learningStartsAgentSteps = 10
        hyperparameters.exploration.decayStartAgentSteps = 10
        hyperparameters.exploration.decayAgentSteps = 100
        hyperparameters.targetUpdatePeriod = .agentSteps(20)
        return hyperparameters
    }
}

/// An agent for `World`.
func makeAgent(
    seed: UInt64 = 1,
    _ change: (inout DQNHyperparameters) -> Void = { _ in }
) throws -> DQNAgent {
    var hyperparameters = DQNHyperparameters.small
    change(&hyperparameters)
    return try DQNAgent(
        hyperparameters: hyperparameters,
        input: NetworkInput(shape: [6], scalar: .uint8, scale: 1 / 255),
        stack: 2,
        actionCount: 3,
        streams: RandomStreams(seed: seed),
        workers: 3
    )
}
