public import BackgroundQueues
public import NeuralNetworks
public import RandomNumbers
internal import Tensors

/// Parallelised Q-learning: rollouts of several environments at once, λ-returns, no replay memory and no
/// target network.
///
/// Gallici et al. 2024, "Simplifying Deep Temporal Difference Learning", Algorithm 1.
public final class PQNAgent: Agent {
    /// The constants of learning.
    public let hyperparameters: PQNHyperparameters
    /// How far the agent has come.
    public internal(set) var counts = AgentCounts()
    /// The layers to act with; those that learn may be of less precision.
    let network: Sequential
    let actionCount: Int
    let stateByteCount: Int
    private let frameByteCount: Int
    private let isCancelled: @Sendable () -> Bool
    private let isInterrupted: @Sendable () -> Bool
    var learner: PQNLearner
    var acting: Workspace
    let noNoise: ParameterNoise
    var rollout: PQNRollout
    /// The updates of a whole rollout that were interrupted.
    var due: DueMinibatches?
    /// The newest state of every environment, shape (environments, stack, frame).
    var newest: [UInt8]
    var policyGenerator: RandomGenerator
    var shuffleGenerator: RandomGenerator
    /// The newest choice in the first environment.
    var choice: AgentChoice?
    /// s, a and G of one update, in memory that is used again.
    private var minibatch: (states: [UInt8], actions: [Int], returns: [Float])

    /// Creates an agent that has learned nothing yet.
    ///
    /// - Parameters:
    ///   - hyperparameters: The constants of learning.
    ///   - input: What one state looks like.
    ///   - stack: Frames in one state.
    ///   - actionCount: How many actions there are.
    ///   - streams: Random numbers for initialization, policy and shuffling.
    ///   - workers: The width of the widest pool that calls run on.
    ///   - isCancelled: Asked between two updates whether to give up the rest of a rollout's.
    ///   - isInterrupted: Asked there whether to leave the rest of them to the next call of `learn`.
    /// - Throws: Where the network does not fit, or there is no memory for it.
    public init(
        hyperparameters: PQNHyperparameters,
        input: NetworkInput,
        stack: Int,
        actionCount: Int,
        streams: RandomStreams,
        workers: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws(AgentError) {
        if let fault = hyperparameters.fault {
            throw .hyperparameters("\(fault.field) \(fault.message)")
        }
        self.hyperparameters = hyperparameters
        self.actionCount = actionCount
        self.isCancelled = isCancelled
        self.isInterrupted = isInterrupted
        let count = hyperparameters.environmentCount
        stateByteCount = input.byteCount
        frameByteCount = input.byteCount / stack
        network = try .acting(
            hyperparameters.architecture(input: input, actionCount: actionCount)
        )
        learner = try hyperparameters.makeLearner(network, streams: streams, workers: workers)
        acting = try network.actingWorkspace(environmentCount: count, workers: workers)
        noNoise = try network.withoutNoise()
        rollout = PQNRollout(
            steps: hyperparameters.rolloutSteps,
            environmentCount: count,
            stateByteCount: stateByteCount
        )
        newest = Array(repeating: 0, count: count * stateByteCount)
        let size = hyperparameters.minibatchSize
        minibatch = (
            Array(repeating: 0, count: size * stateByteCount), Array(repeating: 0, count: size),
            Array(repeating: 0, count: size)
        )
        policyGenerator = streams.generator(named: "policy")
        shuffleGenerator = streams.generator(named: "shuffle")
    }

    /// Sees the first frame of an episode; one that was cut off before is valued by where it ended.
    public func beginEpisode(_ frame: Span<UInt8>, environment: Int) {
        let start = environment * stateByteCount
        if rollout.isOpen(environment) {
            let state = Array(newest[start..<(start + stateByteCount)])
            let values = qValues(of: state, pool: ComputePool(width: 1))
            rollout.cut(environment, value: values.span.largest(in: 0..<actionCount))
        }
        for index in start..<(start + stateByteCount) { newest[index] = 0 }
        write(frame, environment: environment)
    }

    /// Chooses the next action of every environment, each as the agent step that it is going to be.
    public func selectActions(in environments: [Int], pool: ComputePool) -> [Int] {
        precondition(environments.count == environmentCount, "a rollout is a step of all")
        let values = qValues(of: newest, count: environmentCount, pool: pool)
        let exploratory = (0..<environmentCount).map { environment in
            EpsilonGreedy.exploratoryAction(
                epsilon: hyperparameters.exploration.epsilon(
                    afterAgentSteps: counts.agentSteps + environment
                ),
                actionCount: actionCount,
                using: &policyGenerator
            )
        }
        let rows = (0..<environmentCount).map { ($0 * actionCount)..<(($0 + 1) * actionCount) }
        let actions = exploratory.enumerated().map { environment, action in
            action
                ?? EpsilonGreedy.greedyAction(
                    values.span.extracting(rows[environment]),
                    using: &policyGenerator
                )
        }
        rollout.begin(in: newest, values: rows.map { values.span.largest(in: $0) })
        choice = AgentChoice(
            state: Array(newest[..<stateByteCount]),
            action: actions[0],
            qValues: exploratory[0] == nil ? Array(values[rows[0]]) : nil
        )
        return actions
    }

    /// Stores what the action in one environment led to.
    public func record(
        action: Int,
        reward: Float,
        isTerminal: Bool,
        frame: Span<UInt8>,
        environment: Int
    ) {
        rollout.record(
            action: action,
            reward: hyperparameters.clipsRewards ? min(max(reward, -1), 1) : reward,
            isTerminal: isTerminal,
            environment: environment
        )
        let start = environment * stateByteCount
        let kept = (start + frameByteCount)..<(start + stateByteCount)
        newest.replaceSubrange(
            start..<(start + stateByteCount - frameByteCount),
            with: newest[kept]
        )
        write(frame, environment: environment)
        counts.agentSteps += 1
    }

    /// The newest frame of a state is its last.
    private func write(_ frame: Span<UInt8>, environment: Int) {
        precondition(frame.count == frameByteCount, "\(frame.count) bytes, not \(frameByteCount)")
        let start = (environment + 1) * stateByteCount - frameByteCount
        for index in frame.indices { newest[start + index] = frame[index] }
    }

    /// Makes the updates of a rollout once it is whole, until it is interrupted.
    public func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        if due == nil {
            rollout.endStep()
            guard rollout.isFull else { return nil }
            due = DueMinibatches(returns: returns(pool: pool))
        }
        return try makeUpdates(pool: pool)
    }

    /// The λ-returns of a whole rollout.
    private func returns(pool: ComputePool) -> [Float] {
        let values = qValues(of: newest, count: environmentCount, pool: pool)
        return rollout.returns(
            discount: hyperparameters.discount,
            lambda: hyperparameters.lambda,
            lastValues: (0..<environmentCount).map {
                values.span.largest(in: ($0 * actionCount)..<(($0 + 1) * actionCount))
            }
        )
    }

    /// All epochs over a rollout, each in an order of its own; one update at least.
    private func makeUpdates(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        guard var due else { return nil }
        let count = hyperparameters.epochs * hyperparameters.minibatches
        repeat {
            let part = due.made % hyperparameters.minibatches
            if part == 0 { due.order = shuffled(due.returns.count) }
            try makeUpdate(part, of: &due, pool: pool)
            due.made += 1
            if due.made < count && isInterrupted() {
                self.due = due
                return nil
            }
        } while due.made < count && !isCancelled()
        return endLearning(due)
    }

    private func makeUpdate(
        _ part: Int,
        of due: inout DueMinibatches,
        pool: ComputePool
    ) throws(AgentError) {
        let size = hyperparameters.minibatchSize
        gather(due.order[(part * size)..<((part + 1) * size)], due.returns)
        let outcome = learner.learn(
            states: minibatch.states,
            actions: minibatch.actions,
            returns: minibatch.returns,
            rateScale: hyperparameters.rateScale(afterAgentSteps: counts.agentSteps),
            pool: pool
        )
        counts.gradientUpdates += 1
        guard outcome.loss.isFinite else {
            throw .diverged(gradientUpdates: counts.gradientUpdates, loss: outcome.loss)
        }
        due.summary.add(
            loss: outcome.loss,
            meanQ: outcome.meanQ,
            meanAbsoluteTDError: outcome.meanAbsoluteTDError
        )
    }

    /// Gives up the updates of a rollout that were not made yet.
    public func finishLearning() throws(AgentError) -> LearningSummary? {
        due.map { endLearning($0) }
    }

    private func endLearning(_ due: DueMinibatches) -> LearningSummary {
        self.due = nil
        rollout.removeAll()
        return due.summary
    }

    private func gather(_ rows: ArraySlice<Int>, _ returns: [Float]) {
        for (place, row) in rows.enumerated() {
            let source = (row * stateByteCount)..<((row + 1) * stateByteCount)
            let start = place * stateByteCount
            minibatch.states.replaceSubrange(
                start..<(start + stateByteCount),
                with: rollout.states[source]
            )
            (minibatch.actions[place], minibatch.returns[place]) = (
                rollout.actions[row], returns[row]
            )
        }
    }

    /// Fisher and Yates 1938.
    private func shuffled(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, shuffleGenerator.integer(below: last + 1))
        }
        return order
    }
}
