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
    private let isCancelled: @Sendable () -> Bool
    private let isInterrupted: @Sendable () -> Bool
    /// The updates that are due and not all made or begun.
    var due: DueUpdates?
    let lane: LearnerLane
    /// Filled before the updates that learn from them.
    private var batches: [TransitionBatch]
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
    private var shift: RandomShift?

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

    /// Chooses the next action of every environment, each as the agent step that it is going to be.
    ///
    /// Algorithm 1, lines 6 and 7.
    public func selectActions(pool: ComputePool) -> [Int] {
        replay.readNewestState(into: &choice.state)
        var actions: [Int?] = (0..<environmentCount).map { environment in
            EpsilonGreedy.exploratoryAction(
                epsilon: hyperparameters.exploration.epsilon(
                    afterAgentSteps: counts.agentSteps + environment
                ),
                actionCount: actionCount,
                using: &policyGenerator
            )
        }
        // Only where no random action was drawn is a forward pass needed.
        let greedy = actions.indices.filter { actions[$0] == nil }
        let values = qValues(of: greedy, pool: pool)
        for (row, environment) in greedy.enumerated() {
            let rowValues = values.span.extracting((row * actionCount)..<((row + 1) * actionCount))
            actions[environment] = EpsilonGreedy.greedyAction(rowValues, using: &policyGenerator)
        }
        let chosen = actions.compactMap(\.self)
        (choice.action, choice.qValues) = (chosen[0], greedy.first == 0 ? values : [])
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

    /// Makes the updates that are due, or begins to make them.
    ///
    /// Algorithm 1, lines 11 to 14. A round of steps in several environments may pass the end of an update
    /// period, or of more than one: as many rounds of updates are due after it.
    /// - Returns: What was seen in the updates made, or in those begun an update period ago; nil where
    ///   it was interrupted, and ``isLearning``.
    public func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        let steps = counts.agentSteps
        guard replay.transitionCount > 0 else { return nil }
        if due == nil {
            let periods = hyperparameters.periodsEnded(
                hyperparameters.updatePeriodAgentSteps,
                at: steps
            )
            if periods > 0 { due = DueUpdates(count: periods * hyperparameters.updatesPerPeriod) }
        }
        var summary: LearningSummary?
        if due != nil {
            switch hyperparameters.schedule {
            case .sequential: summary = try makeRound(pool: pool)
            case .overlapped: summary = try exchangeRounds(pool: pool)
            }
        }
        if !isLearning, case .agentSteps(let period) = hyperparameters.targetUpdatePeriod,
            hyperparameters.periodsEnded(period, at: steps) > 0
        {
            lane.updateTarget()
        }
        return summary
    }

    /// Takes in the updates that were begun and not taken in yet; those that are due and not begun are
    /// given up.
    public func finishLearning() throws(AgentError) -> LearningSummary? {
        if let round = due?.round, hyperparameters.schedule == .sequential {
            due = nil
            return try takeIn(round)
        }
        due = nil
        return try endRound()
    }

    private func endRound() throws(AgentError) -> LearningSummary? {
        guard let round = lane.end({ sampler.update($0, in: replay) }) else { return nil }
        return try takeIn(round)
    }

    /// Makes the updates of a round, each from transitions drawn anew, until it is interrupted; one at
    /// least, even when cancelled.
    ///
    /// Algorithm 1, lines 11 to 13.
    private func makeRound(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        guard var due else { return nil }
        repeat {
            draw(0)
            lane.learn(from: &batches[0], into: &due.round, pool: pool)
            sampler.update(batches[0], in: replay)
            due.count -= 1
            if isCancelled() || due.round.divergedLoss != nil { due.count = 0 }
        } while due.count > 0 && !isInterrupted()
        guard due.count == 0 else {
            self.due = due
            return nil
        }
        self.due = nil
        return try takeIn(due.round)
    }

    /// Draws what the next round learns from, takes in the last round when it is made, and begins the
    /// next.
    private func exchangeRounds(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        guard var due else { return nil }
        // Before the last round has ended, which may still be going on.
        if due.generator == nil {
            due.generator = replayGenerator
            for index in 0..<due.count {
                draw(index)
            }
        }
        self.due = due
        guard lane.isMade(unless: isInterrupted) else { return nil }
        let summary = try endRound()
        self.due = nil
        lane.begin(&batches, count: due.count, pool: pool)
        return summary
    }

    /// Algorithm 1, line 11.
    private func draw(_ index: Int) {
        sampler.fill(
            &batches[index],
            from: replay,
            by: TransitionAccumulator(
                discount: hyperparameters.discount,
                steps: hyperparameters.stepsPerTransition
            ),
            importanceExponent: hyperparameters.importanceExponent(
                afterAgentSteps: counts.agentSteps
            ),
            using: &replayGenerator
        )
        shift?.apply(to: &batches[index], using: &replayGenerator)
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
