public import BackgroundQueues
public import RandomNumbers

/// Q-learning with a table.
///
/// Watkins and Dayan 1992: Q(s, a) ← Q(s, a) + α (r + γ · c · maxₐ Q(s′, a) − Q(s, a)).
public final class QLearningAgent: Agent {
    /// The constants of learning.
    public let hyperparameters: QLearningHyperparameters
    /// How far the agent has come.
    public internal(set) var counts = AgentCounts()
    /// What was learned so far.
    public internal(set) var table: QTable
    var state = 0
    var generator: RandomGenerator
    var lastError: Float?
    /// The newest choice, with its state's number; its values are empty where it was a random one.
    private var choice: (state: Int, action: Int, qValues: [Float])?

    /// Creates an agent that knows nothing yet.
    ///
    /// - Parameters:
    ///   - hyperparameters: The constants of learning.
    ///   - stateCount: How many states there are; frames are one-hot floats of that many.
    ///   - actionCount: How many actions there are.
    ///   - streams: Where the policy draws its numbers from.
    public init(
        hyperparameters: QLearningHyperparameters,
        stateCount: Int,
        actionCount: Int,
        streams: RandomStreams
    ) {
        self.hyperparameters = hyperparameters
        table = QTable(stateCount: stateCount, actionCount: actionCount)
        generator = streams.generator(named: "policy")
    }

    /// How often the next action is chosen at random.
    public var epsilon: Float {
        hyperparameters.exploration.epsilon(afterAgentSteps: counts.agentSteps)
    }

    /// A table keeps no experience.
    public var replaySize: Int { 0 }

    /// A table learns in one environment.
    public var environmentCount: Int { 1 }

    /// Sees the first state of an episode.
    public func beginEpisode(_ frame: Span<UInt8>, environment: Int) {
        state = QTable.state(in: frame)
    }

    /// Chooses the next action.
    public func selectActions(in environments: [Int], pool: ComputePool) -> [Int] {
        let exploratory = EpsilonGreedy.exploratoryAction(
            epsilon: epsilon,
            actionCount: table.actionCount,
            using: &generator
        )
        let values = exploratory == nil ? Array(table[state]) : []
        let action =
            exploratory ?? EpsilonGreedy.greedyAction(values.span, using: &generator)
        choice = (state, action, values)
        return [action]
    }

    /// Takes in what came of the action, and learns from it at once.
    public func record(
        action: Int,
        reward: Float,
        isTerminal: Bool,
        frame: Span<UInt8>,
        environment: Int
    ) {
        let next = QTable.state(in: frame)
        let future = isTerminal ? 0 : table[next].max() ?? 0
        let place = state * table.actionCount + action
        let error = reward + hyperparameters.discount * future - table.values[place]
        let rate = hyperparameters.learningRate(afterAgentSteps: counts.agentSteps)
        table.values[place] += rate * error
        lastError = error
        state = next
        counts.agentSteps += 1
    }

    /// Reports the update that `record` made.
    public func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        guard let error = lastError else { return nil }
        counts.gradientUpdates += 1
        var summary = LearningSummary()
        summary.add(
            loss: error * error,
            meanQ: table[state].max() ?? 0,
            meanAbsoluteTDError: abs(error)
        )
        return summary
    }

    /// A table learns at once.
    public func finishLearning() throws(AgentError) -> LearningSummary? { nil }

    /// A table learns at once.
    public func rest() {}

    /// The present state, one-hot.
    public func newestState() -> [UInt8] {
        QTable.oneHot(state, of: table.stateCount)
    }

    /// The newest choice; its state is one-hot.
    public var lastChoice: AgentChoice? {
        choice.map { choice in
            AgentChoice(
                state: QTable.oneHot(choice.state, of: table.stateCount),
                action: choice.action,
                qValues: choice.qValues.isEmpty ? nil : choice.qValues
            )
        }
    }

    /// The Q-values of a one-hot state.
    public func qValues(of state: [UInt8], pool: ComputePool) -> [Float] {
        Array(table[QTable.state(in: state.span)])
    }

    /// What is known now, to act on elsewhere.
    public func policySnapshot() -> PolicySnapshot {
        PolicySnapshot(
            function: .table(table),
            agentSteps: counts.agentSteps,
            gradientUpdates: counts.gradientUpdates
        )
    }
}
