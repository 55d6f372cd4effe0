public import BackgroundQueues
internal import ExperienceReplay
public import NeuralNetworks
public import RandomNumbers
internal import Tensors

/// Deep Q-learning with experience replay.
///
/// Mnih et al. 2015, Algorithm 1.
public final class DQNAgent: Agent {
    /// The constants of learning.
    public let hyperparameters: DQNHyperparameters
    /// How far the agent has come.
    public internal(set) var counts = AgentCounts()
    /// The layers as they are acted with; those that learn may be of less precision.
    private let network: Sequential
    private let actionCount: Int
    var replay: ReplayBuffer
    private var sampler = Sampler.uniform
    private let isCancelled: @Sendable () -> Bool
    let lane: LearnerLane
    /// What the next updates are to be learned from.
    private var batches: [TransitionBatch]
    private var acting: Workspace
    private var stateBuffer: [UInt8]
    var policyGenerator: RandomGenerator
    var replayGenerator: RandomGenerator

    /// Creates an agent that knows nothing yet.
    ///
    /// - Parameters:
    ///   - hyperparameters: The constants of learning.
    ///   - input: What one state looks like.
    ///   - stack: Frames in one state.
    ///   - actionCount: How many actions there are.
    ///   - streams: Where initialization, policy and replay draw their numbers from.
    ///   - workers: The width of the widest pool that calls run on.
    ///   - isCancelled: Asked between two updates of a round whether to give up the rest of it.
    /// - Throws: Where the network does not fit, or there is no room for the replay memory.
    public init(
        hyperparameters: DQNHyperparameters,
        input: NetworkInput,
        stack: Int,
        actionCount: Int,
        streams: RandomStreams,
        workers: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(AgentError) {
        if let fault = hyperparameters.fault(stack: stack, stateByteCount: input.byteCount) {
            throw .hyperparameters("\(fault.field) \(fault.message)")
        }
        self.hyperparameters = hyperparameters
        self.actionCount = actionCount
        self.isCancelled = isCancelled
        let architecture = NetworkArchitecture(
            input: input,
            hiddenLayers: hyperparameters.network,
            outputCount: actionCount * hyperparameters.valueHead.outputsPerAction
        )
        let learning: Sequential
        do throws(NetworkError) {
            network = try Sequential(architecture)
            learning = try Sequential(architecture, kernels: hyperparameters.precision.kernels)
        } catch {
            throw AgentError(error)
        }
        do throws(ReplayError) {
            replay = try ReplayBuffer(
                capacity: hyperparameters.replayCapacityFrames,
                frameByteCount: input.byteCount / stack,
                stack: stack,
                environments: hyperparameters.environmentCount,
                storage: hyperparameters.replayStorage
            )
        } catch {
            throw AgentError(error)
        }
        var initialization = streams.generator(named: "initialization")
        do throws(NetworkError) {
            lane = try LearnerLane(
                try DQNLearner(
                    network: learning,
                    parameters: try network.initialParameters(
                        hyperparameters.initialization,
                        using: &initialization
                    ),
                    hyperparameters: hyperparameters,
                    workers: workers
                ),
                hyperparameters: hyperparameters,
                stateByteCount: input.byteCount,
                isCancelled: isCancelled
            )
            acting = try Workspace(
                network: network,
                capacity: hyperparameters.environmentCount,
                workers: workers,
                keepsGradients: false
            )
        } catch {
            throw AgentError(error)
        }
        batches = hyperparameters.makeBatches(stateByteCount: input.byteCount)
        stateBuffer = Array(
            repeating: 0,
            count: hyperparameters.environmentCount * input.byteCount
        )
        policyGenerator = streams.generator(named: "policy")
        replayGenerator = streams.generator(named: "replay")
    }

    deinit {
        lane.cancel()
    }

    /// How often the next action is chosen at random.
    public var epsilon: Float {
        hyperparameters.exploration.epsilon(afterAgentSteps: counts.agentSteps)
    }

    /// Frames held for replay.
    public var replaySize: Int { replay.frameCount }

    /// In how many environments the agent acts at once.
    public var environmentCount: Int { hyperparameters.environmentCount }

    /// Sees the first frame of an episode.
    public func beginEpisode(_ frame: Span<UInt8>, environment: Int) {
        replay.beginEpisode(frame, environment: environment)
    }

    /// Chooses the next action of every environment, each as the agent step that it is going to be.
    ///
    /// Algorithm 1, lines 6 and 7.
    public func selectActions(pool: ComputePool) -> [Int] {
        let actionCount = actionCount
        var actions: [Int?] = (0..<environmentCount).map { environment in
            EpsilonGreedy.exploratoryAction(
                epsilon: hyperparameters.exploration.epsilon(
                    afterAgentSteps: counts.agentSteps + environment
                ),
                actionCount: actionCount,
                using: &policyGenerator
            )
        }
        // The network is asked only where its answer matters.
        let greedy = actions.indices.filter { actions[$0] == nil }
        let values = qValues(of: greedy, pool: pool)
        for (row, environment) in greedy.enumerated() {
            let rowValues = values.span.extracting((row * actionCount)..<((row + 1) * actionCount))
            actions[environment] = EpsilonGreedy.greedyAction(rowValues, using: &policyGenerator)
        }
        return actions.compactMap(\.self)
    }

    /// Takes in what came of the action of one environment.
    ///
    /// Algorithm 1, lines 8 to 10.
    public func record(
        action: Int,
        reward: Float,
        isTerminal: Bool,
        frame: Span<UInt8>,
        environment: Int
    ) {
        let learned = hyperparameters.clipsRewards ? min(max(reward, -1), 1) : reward
        let origin = replay.newestFrame(of: environment)
        replay.append(
            action: action,
            reward: learned,
            isTerminal: isTerminal,
            frame: frame,
            environment: environment
        )
        sampler.add(origin)
        counts.agentSteps += 1
    }

    /// Makes the updates that are due, or begins to make them.
    ///
    /// Algorithm 1, lines 11 to 14. A round of steps in several environments may pass the end of an update
    /// period, or of more than one: as many rounds of updates are due after it.
    /// - Returns: What was seen in the updates made, or in those begun an update period ago.
    public func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        let steps = counts.agentSteps
        guard replay.transitionCount > 0 else { return nil }
        let due = hyperparameters.periodsEnded(hyperparameters.updatePeriodAgentSteps, at: steps)
        var summary: LearningSummary?
        if due > 0 {
            let count = due * hyperparameters.updatesPerPeriod
            switch hyperparameters.schedule {
            case .sequential: summary = try makeRound(count, pool: pool)
            case .overlapped: summary = try exchangeRounds(count, pool: pool)
            }
        }
        if case .agentSteps(let period) = hyperparameters.targetUpdatePeriod,
            hyperparameters.periodsEnded(period, at: steps) > 0
        {
            lane.updateTarget()
        }
        return summary
    }

    /// Takes in the updates that were begun and not taken in yet.
    public func finishLearning() throws(AgentError) -> LearningSummary? {
        let round = lane.end { sampler.update($0, in: replay) }
        guard let round else { return nil }
        return try takeIn(round)
    }

    /// Returns when no update is being made.
    public func rest() {
        lane.wait()
    }

    /// The bytes of the first environment's newest state.
    public func newestState() -> [UInt8] {
        replay.readNewestState(into: &stateBuffer)
        return Array(stateBuffer[..<replay.stateByteCount])
    }

    /// The Q-values of the first environment's newest state.
    public func newestQValues(pool: ComputePool) -> [Float] {
        qValues(of: [0], pool: pool)
    }

    /// What is known now, to act on elsewhere: the updates under way are waited for.
    public func policySnapshot() -> PolicySnapshot {
        let newest = lane.newest
        return PolicySnapshot(
            function: .network(network.architecture, parameters: newest.parameters),
            head: hyperparameters.valueHead,
            agentSteps: counts.agentSteps,
            gradientUpdates: newest.updates
        )
    }

    /// The Q-values of some environments' newest states, shape (environments, actions).
    private func qValues(of environments: [Int], pool: ComputePool) -> [Float] {
        guard !environments.isEmpty else { return [] }
        for (row, environment) in environments.enumerated() {
            replay.readNewestState(environment: environment, into: &stateBuffer, row: row)
        }
        let states = stateBuffer
        return lane.qValues(
            of: states.span.extracting(..<(environments.count * replay.stateByteCount)),
            count: environments.count,
            through: network,
            workspace: &acting,
            pool: pool
        )
    }

    /// Makes all updates of a round, each from transitions drawn anew; the first even when cancelled.
    private func makeRound(_ count: Int, pool: ComputePool) throws(AgentError) -> LearningSummary {
        var round = LearningRound()
        for _ in 0..<count where round.divergedLoss == nil {
            draw(0)
            lane.learn(from: &batches[0], into: &round, pool: pool)
            sampler.update(batches[0], in: replay)
            if isCancelled() { break }
        }
        return try takeIn(round)
    }

    /// Draws what the next round learns from, takes in the last round, and begins the next.
    private func exchangeRounds(_ count: Int, pool: ComputePool) throws(AgentError)
        -> LearningSummary?
    {
        // Before the last round has ended, which may still be going on.
        for index in 0..<count {
            draw(index)
        }
        let summary = try finishLearning()
        lane.begin(&batches, count: count, pool: pool)
        return summary
    }

    private func draw(_ index: Int) {
        sampler.fill(
            &batches[index],
            from: replay,
            by: TransitionAccumulator(
                discount: hyperparameters.discount,
                steps: hyperparameters.stepsPerTransition
            ),
            using: &replayGenerator
        )
    }

    private func takeIn(_ round: LearningRound) throws(AgentError) -> LearningSummary {
        counts.gradientUpdates += round.summary.updates
        if let loss = round.divergedLoss {
            counts.gradientUpdates += 1
            throw .diverged(gradientUpdates: counts.gradientUpdates, loss: loss)
        }
        return round.summary
    }
}
