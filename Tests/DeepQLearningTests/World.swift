import BackgroundQueues
import DeepQLearning
import NeuralNetworks
import RandomNumbers

/// Made-up worlds of three-byte frames in which the first action pays.
struct World {
    private var random: RandomGenerator
    private var mustBegin: [Bool]
    /// The actions that were chosen so far.
    private(set) var actions: [Int] = []

    init(seed: UInt64, environments: Int = 1) {
        random = RandomGenerator(seed: seed)
        mustBegin = Array(repeating: true, count: environments)
    }

    static func frame(_ byte: UInt8) -> [UInt8] { [byte, 255 - byte, 7] }

    /// One round: an agent step in each world.
    mutating func step(
        _ agent: any Agent,
        pool: ComputePool = ComputePool(width: 1)
    ) throws -> LearningSummary? {
        for environment in mustBegin.indices where mustBegin[environment] {
            agent.beginEpisode(randomFrame().span, environment: environment)
        }
        let chosen = agent.selectActions(pool: pool)
        actions += chosen
        for (environment, action) in chosen.enumerated() {
            let isTerminal = random.integer(below: 9) == 0
            agent.record(
                action: action,
                reward: action == 0 ? 1 : -0.5,
                isTerminal: isTerminal,
                frame: randomFrame().span,
                environment: environment
            )
            mustBegin[environment] = isTerminal
        }
        return try agent.learn(pool: pool)
    }

    private mutating func randomFrame() -> [UInt8] {
        Self.frame(UInt8(random.integer(below: 256)))
    }
}

extension Agent {
    /// Sees the first frame of an episode of an agent's only environment.
    func beginEpisode(_ frame: Span<UInt8>) {
        beginEpisode(frame, environment: 0)
    }

    /// Takes in what the action of an agent's only environment led to.
    func record(action: Int, reward: Float, isTerminal: Bool, frame: Span<UInt8>) {
        record(action: action, reward: reward, isTerminal: isTerminal, frame: frame, environment: 0)
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
    isInterrupted: Bool = false,
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
        workers: 3,
        isInterrupted: { isInterrupted }
    )
}
