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
    /// The layers to act with; those that learn may be of less precision.
    let network: Sequential
    let actionCount: Int
    var replay: ReplayBuffer
    var sampler: Sampler
    let isCancelled: @Sendable () -> Bool
    let isInterrupted: @Sendable () -> Bool
    /// The updates that are due and not all made or begun.
    var due: DueUpdates?
    /// The agent steps up to which updates were noted as due.
    var stepsNoted = 0
    /// The agent steps up to which the target network has followed, where it does so in agent steps.
    var stepsFollowed = 0
    let lane: LearnerLane
    /// Filled before the updates that learn from them.
    var batches: [TransitionBatch]
    var acting: Workspace
    /// That of the newest choices.
    var actingNoise: ParameterNoise
    /// What anything but a choice is computed with.
    let noNoise: ParameterNoise
    var stateBuffer: [UInt8]
    var choice: LatestChoice
    var policyGenerator: RandomGenerator
    var replayGenerator: RandomGenerator
    /// Where what is drawn for each action comes from, beside its choice.
    var actingGenerator: RandomGenerator
    var shift: RandomShift?

    /// Creates an agent that has learned nothing yet.
    ///
    /// Algorithm 1, lines 1 to 3.
    /// - Parameters:
    ///   - hyperparameters: The constants of learning.
    ///   - input: What one state looks like.
    ///   - stack: Frames in one state.
    ///   - actionCount: How many actions there are.
    ///   - streams: Random numbers for initialization, policy and replay.
    ///   - workers: The width of the widest pool that calls run on.
    ///   - isCancelled: Asked between two updates of a round whether to give up the rest of it.
    ///   - isInterrupted: Asked there whether to leave the rest of it to the next call of `learn`.
    /// - Throws: Where the network does not fit, or there is no room for the replay memory.
    public init(
        hyperparameters: DQNHyperparameters,
        input: NetworkInput,
        stack: Int,
        actionCount: Int,
        streams: RandomStreams,
        workers: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws(AgentError) {
        if let fault = hyperparameters.fault(stack: stack, stateByteCount: input.byteCount) {
            throw .hyperparameters("\(fault.field) \(fault.message)")
        }
        if let fault = hyperparameters.fault(input: input) {
            throw .hyperparameters("\(fault.field) \(fault.message)")
        }
        let stateByteCount = input.byteCount
        self.hyperparameters = hyperparameters
        self.actionCount = actionCount
        self.isCancelled = isCancelled
        self.isInterrupted = isInterrupted
        network = try .acting(
            hyperparameters.architecture(input: input, actionCount: actionCount),
            fractionCount: hyperparameters.valueHead.fractionCount
        )
        replay = try hyperparameters.makeReplay(stack: stack, stateByteCount: stateByteCount)
        sampler = try hyperparameters.makeSampler(replay)
        lane = try hyperparameters.makeLane(
            network,
            streams: streams,
            workers: workers,
            isCancelled: isCancelled
        )
        acting = try network.actingWorkspace(
            environmentCount: hyperparameters.environmentCount,
            workers: workers
        )
        actingNoise = try network.actingNoise()
        noNoise = try network.withoutNoise()
        batches = hyperparameters.makeBatches(stateByteCount: stateByteCount)
        stateBuffer = Array(repeating: 0, count: hyperparameters.environmentCount * stateByteCount)
        choice = LatestChoice(stateByteCount: stateByteCount)
        policyGenerator = streams.generator(named: "policy")
        replayGenerator = streams.generator(named: "replay")
        actingGenerator = streams.generator(named: "acting")
        shift = RandomShift(hyperparameters, input: input)
    }

    deinit {
        lane.cancel()
    }

    /// Sees the first frame of an episode.
    ///
    /// Algorithm 1, line 5.
    public func beginEpisode(_ frame: Span<UInt8>, environment: Int) {
        replay.beginEpisode(frame, environment: environment)
        sampler.noteNewestFrame(of: environment, in: replay)
    }

    /// Chooses the next action of some environments, each as the agent step that it is going to be.
    ///
    /// Algorithm 1, lines 6 and 7.
    public func selectActions(in environments: [Int], pool: ComputePool) -> [Int] {
        var actions: [Int?] = environments.indices.map { position in
            EpsilonGreedy.exploratoryAction(
                epsilon: hyperparameters.exploration.epsilon(
                    afterAgentSteps: counts.agentSteps + position
                ),
                actionCount: actionCount,
                using: &policyGenerator
            )
        }
        // Only where no random action was drawn is a forward pass needed.
        let greedy = actions.indices.filter { actions[$0] == nil }
        let values = qValues(of: greedy.map { environments[$0] }, pool: pool)
        for (row, position) in greedy.enumerated() {
            let rowValues = values.span.extracting((row * actionCount)..<((row + 1) * actionCount))
            actions[position] = EpsilonGreedy.greedyAction(rowValues, using: &policyGenerator)
        }
        let chosen = actions.compactMap(\.self)
        choice.round = (greedy.map { environments[$0] }, values)
        if environments.first == 0 {
            replay.readNewestState(into: &choice.state)
            (choice.action, choice.firstRound) = (chosen[0], choice.round)
        }
        return chosen
    }

    /// Stores what the action in one environment led to.
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
        replay.append(
            action: action,
            reward: learned,
            isTerminal: isTerminal,
            frame: frame,
            environment: environment
        )
        sampler.noteNewestFrame(of: environment, in: replay)
        counts.agentSteps += 1
    }
}
