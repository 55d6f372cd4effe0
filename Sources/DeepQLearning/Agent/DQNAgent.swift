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
    private var learner: DQNLearner
    private var batch: TransitionBatch
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
        learner = DQNLearner(
            network: network,
            parameters: network.initialParameters(
                hyperparameters.initialization,
                using: &initialization
            ),
            hyperparameters: hyperparameters,
            workers: workers
        )
        acting = Workspace(network: network, capacity: 1, workers: workers, keepsGradients: false)
        batch = TransitionBatch(count: hyperparameters.batchSize, stateByteCount: input.byteCount)
        stateBuffer = Array(repeating: 0, count: input.byteCount)
        policyGenerator = streams.generator(named: "policy")
        replayGenerator = streams.generator(named: "replay")
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

    /// Makes the updates that are due.
    ///
    /// Algorithm 1, lines 11 to 14.
    public func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        let steps = counts.agentSteps
        guard steps >= hyperparameters.learningStartsAgentSteps, replay.transitionCount > 0 else {
            return nil
        }
        var summary: LearningSummary?
        if steps.isMultiple(of: hyperparameters.updatePeriodAgentSteps) {
            summary = try makeUpdates(pool: pool)
        }
        if case .agentSteps(let period) = hyperparameters.targetUpdatePeriod,
            steps.isMultiple(of: period)
        {
            learner.updateTarget()
        }
        return summary
    }

    /// The bytes of the newest state.
    public func newestState() -> [UInt8] {
        replay.readNewestState(into: &stateBuffer)
        return stateBuffer
    }

    /// The Q-values of the newest state.
    public func newestQValues(pool: ComputePool) -> [Float] {
        let state = newestState()
        return learner.online.qValues(
            of: state.span,
            count: 1,
            workspace: acting,
            pool: pool
        )
    }

    /// What is known now, to act on elsewhere.
    public func policySnapshot() -> PolicySnapshot {
        PolicySnapshot(
            function: .network(
                network.architecture,
                parameters: Array(copying: learner.online.parameters.span)
            ),
            agentSteps: counts.agentSteps,
            gradientUpdates: counts.gradientUpdates
        )
    }

    private func makeUpdates(pool: ComputePool) throws(AgentError) -> LearningSummary {
        var summary = LearningSummary()
        for _ in 0..<hyperparameters.updatesPerPeriod {
            replay.sample(into: &batch, using: &replayGenerator)
            let outcome = learner.learn(from: batch, pool: pool)
            counts.gradientUpdates += 1
            guard outcome.loss.isFinite else {
                throw .diverged(gradientUpdates: counts.gradientUpdates, loss: outcome.loss)
            }
            summary.add(
                loss: outcome.loss,
                meanQ: outcome.meanQ,
                meanAbsoluteTDError: outcome.meanAbsoluteTDError
            )
            if case .updates(let period) = hyperparameters.targetUpdatePeriod,
                counts.gradientUpdates.isMultiple(of: period)
            {
                learner.updateTarget()
            }
        }
        return summary
    }
}

extension DQNAgent {
    /// All that the agent is made of, to be written down.
    public var state: AgentState {
        get {
            AgentState(
                counts: counts,
                policyGenerator: policyGenerator,
                replayGenerator: replayGenerator,
                learner: LearnerState(
                    online: Array(copying: learner.online.parameters.span),
                    target: Array(copying: learner.target.parameters.span),
                    optimizerUpdates: learner.optimizer.updateCount,
                    meanGradient: Array(copying: learner.optimizer.meanGradient.span),
                    meanSquare: Array(copying: learner.optimizer.meanSquare.span),
                    velocity: Array(copying: learner.optimizer.velocity.span)
                ),
                replay: replay.state
            )
        }
        set {
            counts = newValue.counts
            policyGenerator = newValue.policyGenerator
            replayGenerator = newValue.replayGenerator
            learner.restore(newValue.learner)
            replay.restore(newValue.replay)
        }
    }
}
