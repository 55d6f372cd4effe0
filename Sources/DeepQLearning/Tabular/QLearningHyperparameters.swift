public import JSONFields

/// The constants of Q-learning with a table.
public struct QLearningHyperparameters: Equatable, Sendable {
    /// α at first: the share of the TD error that a value is moved by.
    public var learningRate: Float = 0.5
    /// α from the decay's end on.
    public var finalLearningRate: Float = 0.01
    /// Agent steps over which α falls in a straight line.
    public var learningRateDecayAgentSteps = 100_000
    /// γ.
    public var discount: Float = 0.99
    /// How often an action is chosen at random.
    public var exploration = ExplorationSchedule(
        initialEpsilon: 1,
        finalEpsilon: 0.1,
        decayStartAgentSteps: 0,
        decayAgentSteps: 50_000
    )

    /// Constants that suit small worlds.
    public init() {}

    func learningRate(afterAgentSteps agentSteps: Int) -> Float {
        ExplorationSchedule(
            initialEpsilon: learningRate,
            finalEpsilon: finalLearningRate,
            decayStartAgentSteps: 0,
            decayAgentSteps: learningRateDecayAgentSteps
        ).epsilon(afterAgentSteps: agentSteps)
    }
}

extension QLearningHyperparameters: Settings {
    /// Every constant as users write it; a constant more is a property and a row.
    public static let settings: [Setting<QLearningHyperparameters>] =
        [
            .number(
                "learning_rate",
                \.learningRate,
                in: 0...1,
                "α at first: the share of the TD error by which a value moves.",
                source: "Watkins and Dayan 1992"
            ),
            .number(
                "final_learning_rate",
                \.finalLearningRate,
                in: 0...1,
                "α from the end of its decay on."
            ),
            .wholeNumber(
                "learning_rate_decay_agent_steps",
                \.learningRateDecayAgentSteps,
                in: .steps,
                unit: "agent steps",
                "How many steps the decay of α takes, in a straight line from the first."
            ),
            .number(
                "discount",
                \.discount,
                in: 0...1,
                "γ: what a reward one step later is worth.",
                source: "Watkins and Dayan 1992"
            ),
        ] + ExplorationSchedule.settings.map { $0.within(\.exploration) }
}
