import BackgroundQueues
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Snapshots
import Tensors

/// Both schedules as they are defined, with everything done in the order it is written.
///
/// Where the agent lags, it acts with the parameters that the learner had before its newest round.
/// Worlds are gone through one after the other.
final class ReferenceAgent: Agent {
    private let hyperparameters: DQNHyperparameters
    private let network: Sequential
    private var workspace: Workspace
    private var noise: ParameterNoise
    private var replay: ReplayBuffer
    private var sampler: Sampler
    /// What the newest round of a lagging agent learned from.
    private var learned: [TransitionBatch] = []
    private var learner: DQNLearner
    private var acting: FloatBuffer
    private var policyGenerator: RandomGenerator
    private var replayGenerator: RandomGenerator
    private var actingGenerator: RandomGenerator
    private(set) var counts = AgentCounts()

    /// An agent for `World`.
    init(_ hyperparameters: DQNHyperparameters, seed: UInt64 = 1) throws {
        self.hyperparameters = hyperparameters
        network = try Sequential(
            hyperparameters.architecture(
                input: NetworkInput(shape: [6], scalar: .uint8, scale: 1 / 255),
                actionCount: 3
            ),
            fractionCount: hyperparameters.valueHead.fractionCount
        )
        workspace = try Workspace(network: network, capacity: 1, workers: 1, keepsGradients: false)
        noise = try ParameterNoise(network)
        replay = try ReplayBuffer(
            capacity: hyperparameters.replayCapacityFrames,
            frameByteCount: 3,
            stack: 2,
            environments: hyperparameters.environmentCount
        )
        sampler =
            switch hyperparameters.replaySampling {
            case .uniform: .uniform
            case .proportional: try .proportional(hyperparameters.prioritization, in: replay)
            }
        let streams = RandomStreams(seed: seed)
        var initialization = streams.generator(named: "initialization")
        learner = try DQNLearner(
            network: network,
            parameters: try network.initialParameters(
                hyperparameters.initialization,
                noiseScale: hyperparameters.head.initialNoiseScale,
                using: &initialization
            ),
            hyperparameters: hyperparameters,
            generator: streams.generator(named: "learning"),
            workers: 1
        )
        acting = FloatBuffer(copying: learner.online.parameters.span)
        policyGenerator = streams.generator(named: "policy")
        replayGenerator = streams.generator(named: "replay")
        actingGenerator = streams.generator(named: "acting")
    }

    var online: [Float] { learner.online.parameters.array }
    var target: [Float] { learner.target.parameters.array }

    var epsilon: Float {
        hyperparameters.exploration.epsilon(afterAgentSteps: counts.agentSteps)
    }

    var replaySize: Int { replay.frameCount }

    var environmentCount: Int { hyperparameters.environmentCount }

    func beginEpisode(_ frame: Span<UInt8>, environment: Int) {
        replay.beginEpisode(frame, environment: environment)
        sampler.noteNewestFrame(of: environment, in: replay)
    }

    func selectActions(in environments: [Int], pool: ComputePool) -> [Int] {
        let exploratory = (0..<environmentCount).map { environment in
            EpsilonGreedy.exploratoryAction(
                epsilon: hyperparameters.exploration.epsilon(
                    afterAgentSteps: counts.agentSteps + environment
                ),
                actionCount: 3,
                using: &policyGenerator
            )
        }
        if exploratory.contains(nil) {
            noise.draw(from: &actingGenerator, addingTo: acting.span, pool: ComputePool(width: 1))
        }
        return exploratory.enumerated().map { environment, action in
            if let action { return action }
            if network.architecture.quantileEmbedding != nil {
                let fractions = (0..<network.fractionCount).map { _ in actingGenerator.unitFloat() }
                network.setFractions(fractions.span, in: &workspace)
            }
            let values = qValues(environment)
            return EpsilonGreedy.greedyAction(values.span, using: &policyGenerator)
        }
    }

    func record(
        action: Int,
        reward: Float,
        isTerminal: Bool,
        frame: Span<UInt8>,
        environment: Int
    ) {
        replay.append(
            action: action,
            reward: max(-1, min(1, reward)),
            isTerminal: isTerminal,
            frame: frame,
            environment: environment
        )
        sampler.noteNewestFrame(of: environment, in: replay)
        counts.agentSteps += 1
    }

    func learn(pool: ComputePool) -> LearningSummary? {
        let new = (counts.agentSteps - environmentCount + 1...counts.agentSteps)
            .filter { $0 >= hyperparameters.learningStartsAgentSteps }
        let due = new.filter { $0.isMultiple(of: hyperparameters.updatePeriodAgentSteps) }
        if !due.isEmpty && hyperparameters.schedule == .overlapped {
            actAsLearned()
            makeLaggingRound(due.count * hyperparameters.updatesPerPeriod, pool: pool)
        } else {
            for _ in 0..<(due.count * hyperparameters.updatesPerPeriod) {
                var batch = draw()
                update(from: &batch, pool: pool)
                sampler.update(batch, in: replay)
            }
        }
        if case .agentSteps(let period) = hyperparameters.targetUpdatePeriod,
            new.contains(where: { $0.isMultiple(of: period) })
        {
            learner.updateTarget()
        }
        if hyperparameters.schedule == .sequential { actAsLearned() }
        return nil
    }

    /// Draws all batches before the errors of the last round become priorities.
    private func makeLaggingRound(_ count: Int, pool: ComputePool) {
        var batches = (0..<count).map { _ in draw() }
        for batch in learned { sampler.update(batch, in: replay) }
        for index in 0..<count { update(from: &batches[index], pool: pool) }
        learned = batches
    }

    private func draw() -> TransitionBatch {
        var batch = TransitionBatch(count: hyperparameters.batchSize, stateByteCount: 6)
        let growth =
            Double(counts.agentSteps - hyperparameters.learningStartsAgentSteps)
            / Double(hyperparameters.prioritization.importanceGrowthAgentSteps)
        let (first, last) = (
            Double(hyperparameters.prioritization.importanceExponent),
            Double(hyperparameters.prioritization.finalImportanceExponent)
        )
        sampler.fill(
            &batch,
            from: replay,
            by: TransitionAccumulator(
                discount: hyperparameters.discount,
                steps: hyperparameters.stepsPerTransition
            ),
            importanceExponent: growth < 1 ? first + max(0, growth) * (last - first) : last,
            using: &replayGenerator
        )
        // So that the learner remembers no state's value.
        batch.nextFrames = Array(repeating: nil, count: batch.count)
        return batch
    }

    private func update(from batch: inout TransitionBatch, pool: ComputePool) {
        let origins = batch.origins
        batch.origins = Array(repeating: nil, count: batch.count)
        _ = learner.learn(from: &batch, pool: pool)
        batch.origins = origins
        counts.gradientUpdates += 1
        if case .updates(let period) = hyperparameters.targetUpdatePeriod,
            counts.gradientUpdates.isMultiple(of: period)
        {
            learner.updateTarget()
        }
    }

    private func actAsLearned() {
        acting = FloatBuffer(copying: learner.online.parameters.span)
    }

    func finishLearning() -> LearningSummary? { nil }

    func rest() {}

    func newestState() -> [UInt8] { state(0) }

    var lastChoice: AgentChoice? { nil }

    func qValues(of state: [UInt8], pool: ComputePool) -> [Float] {
        let outputs = network.values(
            of: state,
            parameters: acting,
            noise: noise,
            workspace: &workspace
        )
        return hyperparameters.valueHead.qValues(outputs.span, states: 1)
    }

    private func state(_ environment: Int) -> [UInt8] {
        var state = [UInt8](repeating: 0, count: 6)
        replay.readNewestState(environment: environment, into: &state)
        return state
    }

    private func qValues(_ environment: Int) -> [Float] {
        qValues(of: state(environment), pool: ComputePool(width: 1))
    }

    func policySnapshot() -> PolicySnapshot {
        PolicySnapshot(
            function: .network(network.architecture, parameters: online),
            head: hyperparameters.valueHead,
            agentSteps: counts.agentSteps,
            gradientUpdates: counts.gradientUpdates
        )
    }

    /// It is compared step by step, and never suspended.
    func write(to writer: SnapshotWriter) throws(SnapshotError) {}
    func restore(from reader: SnapshotReader) throws(SnapshotError) {}
}

extension Sequential {
    /// The outputs for one observation, copied.
    fileprivate func values(
        of state: [UInt8],
        parameters: borrowing FloatBuffer,
        noise: borrowing ParameterNoise,
        workspace: inout Workspace
    ) -> [Float] {
        forward(
            state.span,
            count: 1,
            parameters: parameters,
            noise: noise,
            workspace: &workspace,
            pool: ComputePool(width: 1)
        )
        return Array(copying: outputs(of: workspace, count: 1))
    }
}
