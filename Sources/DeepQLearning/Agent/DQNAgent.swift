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
    public private(set) var counts = AgentCounts()
    private let network: Sequential
    private var replay: ReplayBuffer
    private let lane: LearnerLane
    /// What the next updates are to be learned from.
    private var batches: [TransitionBatch]
    private let acting: Workspace
    private var stateBuffer: [UInt8]
    private var policyGenerator: RandomGenerator
    private var replayGenerator: RandomGenerator

    /// Creates an agent that knows nothing yet.
    ///
    /// - Parameters:
    ///   - hyperparameters: The constants of learning.
    ///   - input: What one state looks like.
    ///   - stack: Frames in one state.
    ///   - actionCount: How many actions there are.
    ///   - streams: Where initialization, policy and replay draw their numbers from.
    ///   - workers: The width of the widest pool that calls run on.
    /// - Throws: Where the network does not fit, or there is no room for the replay memory.
    public init(
        hyperparameters: DQNHyperparameters,
        input: NetworkInput,
        stack: Int,
        actionCount: Int,
        streams: RandomStreams,
        workers: Int
    ) throws(AgentError) {
        guard hyperparameters.replayCapacityFrames > stack + 1 else {
            throw .hyperparameters(
                "replay_capacity_frames is \(hyperparameters.replayCapacityFrames), but one "
                    + "transition between stacks of \(stack) needs \(stack + 2)"
            )
        }
        if let fault = hyperparameters.scheduleFault(stateByteCount: input.byteCount) {
            throw .hyperparameters("updates_per_period \(fault)")
        }
        self.hyperparameters = hyperparameters
        let architecture = NetworkArchitecture(
            input: input,
            hiddenLayers: hyperparameters.network,
            outputCount: actionCount
        )
        do throws(NetworkError) {
            network = try Sequential(architecture)
        } catch {
            throw .network("\(error)")
        }
        do throws(ReplayError) {
            replay = try ReplayBuffer(
                capacity: hyperparameters.replayCapacityFrames,
                frameByteCount: input.byteCount / stack,
                stack: stack
            )
        } catch {
            throw .memory("\(error)")
        }
        var initialization = streams.generator(named: "initialization")
        lane = LearnerLane(
            DQNLearner(
                network: network,
                parameters: network.initialParameters(
                    hyperparameters.initialization,
                    using: &initialization
                ),
                hyperparameters: hyperparameters,
                workers: workers
            ),
            hyperparameters: hyperparameters,
            stateByteCount: input.byteCount
        )
        acting = Workspace(network: network, capacity: 1, workers: workers, keepsGradients: false)
        batches = hyperparameters.makeBatches(stateByteCount: input.byteCount)
        stateBuffer = Array(repeating: 0, count: input.byteCount)
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

    /// Sees the first frame of an episode.
    public func beginEpisode(_ frame: Span<UInt8>) {
        replay.beginEpisode(frame)
    }

    /// Chooses the next action.
    ///
    /// Algorithm 1, lines 6 and 7.
    public func selectAction(pool: ComputePool) -> Int {
        let exploratory = EpsilonGreedy.exploratoryAction(
            epsilon: epsilon,
            actionCount: network.architecture.outputCount,
            using: &policyGenerator
        )
        // The network is asked only where its answer matters.
        return exploratory
            ?? EpsilonGreedy.greedyAction(newestQValues(pool: pool).span, using: &policyGenerator)
    }

    /// Takes in what came of the action.
    ///
    /// Algorithm 1, lines 8 to 10.
    public func record(action: Int, reward: Float, isTerminal: Bool, frame: Span<UInt8>) {
        let learned = hyperparameters.clipsRewards ? min(max(reward, -1), 1) : reward
        replay.append(action: action, reward: learned, isTerminal: isTerminal, frame: frame)
        counts.agentSteps += 1
    }

    /// Makes the updates that are due, or begins to make them.
    ///
    /// Algorithm 1, lines 11 to 14.
    /// - Returns: What was seen in the updates made, or in those begun an update period ago.
    public func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        let steps = counts.agentSteps
        guard steps >= hyperparameters.learningStartsAgentSteps, replay.transitionCount > 0 else {
            return nil
        }
        var summary: LearningSummary?
        if steps.isMultiple(of: hyperparameters.updatePeriodAgentSteps) {
            switch hyperparameters.schedule {
            case .sequential: summary = try makeRound(pool: pool)
            case .overlapped: summary = try exchangeRounds(pool: pool)
            }
        }
        if case .agentSteps(let period) = hyperparameters.targetUpdatePeriod,
            steps.isMultiple(of: period)
        {
            lane.updateTarget()
        }
        return summary
    }

    /// Takes in the updates that were begun and not taken in yet.
    public func finishLearning() throws(AgentError) -> LearningSummary? {
        guard let round = lane.end() else { return nil }
        return try takeIn(round)
    }

    /// Returns when no update is being made.
    public func rest() {
        lane.wait()
    }

    /// The bytes of the newest state.
    public func newestState() -> [UInt8] {
        replay.readNewestState(into: &stateBuffer)
        return stateBuffer
    }

    /// The Q-values of the newest state.
    public func newestQValues(pool: ComputePool) -> [Float] {
        let state = newestState()
        return lane.qValues(of: state.span, workspace: acting, pool: pool)
    }

    /// What is known now, to act on elsewhere: the updates under way are waited for.
    public func policySnapshot() -> PolicySnapshot {
        let newest = lane.newest
        return PolicySnapshot(
            function: .network(network.architecture, parameters: newest.parameters),
            agentSteps: counts.agentSteps,
            gradientUpdates: newest.updates
        )
    }

    /// Makes all updates of a round, each from transitions drawn anew.
    private func makeRound(pool: ComputePool) throws(AgentError) -> LearningSummary {
        var round = LearningRound()
        for _ in 0..<hyperparameters.updatesPerPeriod where round.divergedLoss == nil {
            replay.sample(into: &batches[0], using: &replayGenerator)
            lane.learn(from: batches[0], into: &round, pool: pool)
        }
        return try takeIn(round)
    }

    /// Draws what the next round learns from, takes in the last round, and begins the next.
    private func exchangeRounds(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        // Before the last round has ended, which may still be going on.
        for index in batches.indices {
            replay.sample(into: &batches[index], using: &replayGenerator)
        }
        let summary = try finishLearning()
        lane.begin(&batches, pool: pool)
        return summary
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

extension DQNAgent {
    /// All that the agent is made of, to be written down; updates under way are waited for.
    public var state: AgentState {
        get {
            AgentState(
                counts: counts,
                policyGenerator: policyGenerator,
                replayGenerator: replayGenerator,
                learner: lane.learnerState,
                pending: lane.pending,
                replay: replay.state
            )
        }
        set {
            counts = newValue.counts
            policyGenerator = newValue.policyGenerator
            replayGenerator = newValue.replayGenerator
            lane.restore(newValue.learner, pending: newValue.pending)
            replay.restore(newValue.replay)
        }
    }
}
