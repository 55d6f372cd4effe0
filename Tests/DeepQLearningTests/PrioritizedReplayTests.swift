import BackgroundQueues
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import RandomNumbers
import Tensors
import Testing

/// What priorities are good for, and that they survive a snapshot.
@Suite(.timeLimit(.minutes(5))) struct PrioritizedReplayTests {
    @Test(
        "an agent with priorities that is saved and restored at any step runs on to the bit",
        arguments: LearningSchedule.allCases,
        [1, 3]
    )
    func resume(schedule: LearningSchedule, environments: Int) throws {
        func make(seed: UInt64 = 1) throws -> DQNAgent {
            try makeAgent(seed: seed) { hyperparameters in
                hyperparameters.schedule = schedule
                hyperparameters.environmentCount = environments
                hyperparameters.updatesPerPeriod = 2
                hyperparameters.stepsPerTransition = 3
                hyperparameters.replaySampling = .proportional
                hyperparameters.prioritization.importanceGrowthAgentSteps = 100
            }
        }
        let pool = ComputePool(width: 2)
        for steps in [7, 60, 61, 62, 63, 151] {
            let whole = try make()
            var world = World(seed: 2, environments: environments)
            for _ in 0..<steps { _ = try world.step(whole, pool: pool) }
            let restored = try make(seed: 77)
            try AgentSnapshot(of: whole).restore(restored)
            var other = world
            for _ in 0..<80 {
                _ = try world.step(whole, pool: pool)
                _ = try other.step(restored, pool: pool)
            }
            #expect(world.actions == other.actions)
            #expect(try AgentSnapshot(of: whole) == AgentSnapshot(of: restored))
        }
    }

    /// Schaul and others 2016, section 3.1: of all ways to walk one alone is rewarded, at its end.
    @Test("a rare reward is learned in much fewer updates than by drawing all alike")
    func blindCliffwalk() throws {
        let updates = try [false, true].map { isPrioritized in
            var walk = try Cliffwalk(states: 8, isPrioritized: isPrioritized)
            return walk.updatesUntilLearned(limit: 60_000)
        }
        #expect(updates[1] * 2 < updates[0], "uniform, prioritized: \(updates)")
    }

    @Test(
        "with full importance weights the values are those of uniform replay, with none they are not"
    )
    func fixedPoint() throws {
        // One state, whose reward is 1 once in eight times: its value is an eighth.
        let values = try [1.0, 0].map { try valueOfRareReward(importanceExponent: $0) }
        #expect(abs(values[0] - 0.125) < 0.02, "\(values)")
        #expect(values[1] > 0.2, "\(values)")
    }

    private func valueOfRareReward(importanceExponent: Double) throws -> Float {
        var replay = try ReplayBuffer(capacity: 200, frameByteCount: 4, stack: 1)
        var rule = Prioritization()
        (rule.exponent, rule.offset) = (1, 0.01)
        var sampler = try Sampler.proportional(rule, in: replay)
        for step in 0..<80 {
            replay.beginEpisode(oneHot(0, of: 1).span)
            sampler.noteNewestFrame(of: 0, in: replay)
            replay.append(
                action: 0,
                reward: step % 8 == 0 ? 1 : 0,
                isTerminal: true,
                frame: oneHot(0, of: 1).span
            )
            sampler.noteNewestFrame(of: 0, in: replay)
        }
        var learner = try linearLearner(states: 1, actions: 1, rate: 0.02)
        var random = RandomGenerator(seed: 3)
        var batch = TransitionBatch(count: 32, stateByteCount: 4)
        var sum: Float = 0
        for update in 0..<3_000 {
            sampler.fill(
                &batch,
                from: replay,
                by: TransitionAccumulator(discount: 1),
                importanceExponent: importanceExponent,
                using: &random
            )
            let outcome = learner.learn(from: &batch, pool: ComputePool(width: 1))
            sampler.update(batch, in: replay)
            if update >= 2_000 { sum += outcome.meanQ / 1_000 }
        }
        return sum
    }
}

/// All 2ⁿ ways to walk n states, in which the right action leads on and the wrong one ends the walk;
/// the last right one alone is rewarded.
private struct Cliffwalk: ~Copyable {
    private let states: Int
    private var replay: ReplayBuffer
    private var sampler: Sampler
    private var learner: DQNLearner
    private var random = RandomGenerator(seed: 7)

    init(states: Int, isPrioritized: Bool) throws {
        self.states = states
        let replay = try ReplayBuffer(
            capacity: 4 << states,
            frameByteCount: 4 * (states + 1),
            stack: 1
        )
        var rule = Prioritization()
        rule.offset = 1e-4
        rule.exponent = 1
        let sampler =
            if isPrioritized {
                try Sampler.proportional(rule, in: replay)
            } else {
                Sampler.uniform
            }
        let learner = try linearLearner(states: states + 1, actions: 2, rate: 0.05)
        self.replay = replay
        self.sampler = sampler
        self.learner = learner
        for walk in 0..<(1 << states) {
            begin()
            var state = 0
            while state < states {
                let action = (walk >> state) & 1
                let isRight = action == state % 2
                state += 1
                let isLast = !isRight || state == states
                let frame = oneHot(isRight ? state : states, of: states + 1)
                append(frame, action, isRight && state == states ? 1 : 0, isLast)
                if isLast { break }
            }
        }
    }

    private mutating func begin() {
        replay.beginEpisode(oneHot(0, of: states + 1).span)
        sampler.noteNewestFrame(of: 0, in: replay)
    }

    private mutating func append(
        _ frame: [UInt8],
        _ action: Int,
        _ reward: Float,
        _ isTerminal: Bool
    ) {
        replay.append(action: action, reward: reward, isTerminal: isTerminal, frame: frame.span)
        sampler.noteNewestFrame(of: 0, in: replay)
    }

    /// Until the first state's right action is worth half of what it is at last.
    mutating func updatesUntilLearned(limit: Int) -> Int {
        var batch = TransitionBatch(count: 8, stateByteCount: 4 * (states + 1))
        let discount: Float = 0.95
        var goal: Float = 0.5
        for _ in 1..<states { goal *= discount }
        for update in 1...limit {
            sampler.fill(
                &batch,
                from: replay,
                by: TransitionAccumulator(discount: discount),
                importanceExponent: 0.5,
                using: &random
            )
            _ = learner.learn(from: &batch, pool: ComputePool(width: 1))
            sampler.update(batch, in: replay)
            learner.updateTarget()
            if firstValue() > goal { return update }
        }
        return limit
    }

    /// Weights of state 0 and action 0, and the bias of action 0.
    private func firstValue() -> Float {
        let parameters = learner.online.parameters.span
        return parameters[0] + parameters[(states + 1) * 2]
    }
}

/// A learner whose Q-values are a table, nearly: a weight for each state and action, and a bias.
private func linearLearner(states: Int, actions: Int, rate: Float) throws -> DQNLearner {
    var hyperparameters = DQNHyperparameters()
    hyperparameters.network = []
    hyperparameters.batchSize = states == 1 ? 32 : 8
    hyperparameters.loss = .squared
    hyperparameters.lossReduction = .mean
    var rule = RMSProp()
    // A step by the gradient itself: what divides it is one.
    (rule.learningRate, rule.epsilon, rule.squaredGradientDecay) = (rate, 1, 1)
    hyperparameters.optimizer = .rmsprop(rule)
    let network = try Sequential(
        NetworkArchitecture(
            input: .numbers(states),
            hiddenLayers: [],
            outputCount: actions
        )
    )
    return try DQNLearner(
        network: network,
        parameters: FloatBuffer(count: network.parameterCount),
        hyperparameters: hyperparameters,
        workers: 1
    )
}

private func oneHot(_ state: Int, of count: Int) -> [UInt8] {
    (0..<count).flatMap { $0 == state ? [0, 0, 0x80, 0x3f] : [0, 0, 0, 0] as [UInt8] }
}
