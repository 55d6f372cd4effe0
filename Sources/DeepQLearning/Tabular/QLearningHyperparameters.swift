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

    /// Takes in what is given, and leaves the rest as it was.
    public mutating func read(_ fields: inout FieldReader) {
        fields.read("learning_rate", in: 0...1, into: &learningRate)
        fields.read("final_learning_rate", in: 0...1, into: &finalLearningRate)
        fields.read(
            "learning_rate_decay_agent_steps",
            in: 0...DQNHyperparameters.longest,
            into: &learningRateDecayAgentSteps
        )
        fields.read("discount", in: 0...1, into: &discount)
        exploration.read(&fields)
    }

    /// Every constant, to be read again.
    public var json: JSONValue {
        var object: JSONObject = [
            "learning_rate": .single(learningRate),
            "final_learning_rate": .single(finalLearningRate),
            "learning_rate_decay_agent_steps": .integer(learningRateDecayAgentSteps),
            "discount": .single(discount),
        ]
        exploration.write(to: &object)
        return .object(object)
    }

    func learningRate(afterAgentSteps agentSteps: Int) -> Float {
        ExplorationSchedule(
            initialEpsilon: learningRate,
            finalEpsilon: finalLearningRate,
            decayStartAgentSteps: 0,
            decayAgentSteps: learningRateDecayAgentSteps
        ).epsilon(afterAgentSteps: agentSteps)
    }
}
