internal import DeepQLearning
public import Environments
public import JSONFields

extension JobSpecification {
    /// Takes in what a request gives, and leaves the rest as it was.
    ///
    /// Another algorithm than the present one starts from its defaults.
    public mutating func read(_ fields: inout FieldReader) {
        fields.read("name", limit: 200, into: &name)
        fields.read("environment", limit: 100, into: &environment)
        readEnvironmentOptions(&fields)
        fields.read("seed", in: 0...Self.largestExactInteger, into: &seed)
        fields.read("total_agent_steps", in: 1...Self.longest, into: &totalAgentSteps)
        fields.read(
            "metrics_every_agent_steps",
            in: 1...Self.longest,
            into: &metricsEveryAgentSteps
        )
        fields.read(
            "checkpoint_every_agent_steps",
            in: 0...Self.longest,
            into: &checkpointEveryAgentSteps
        )
        algorithm.read(&fields)
        readEvaluation(&fields)
    }

    /// Every value, in the words of a request.
    public var json: JSONObject {
        [
            "name": .string(name),
            "environment": .string(environment),
            "environment_options": .object(environmentOptionsJSON),
            "algorithm": .string(algorithm.name),
            "seed": .integer(seed),
            "total_agent_steps": .integer(totalAgentSteps),
            "metrics_every_agent_steps": .integer(metricsEveryAgentSteps),
            "checkpoint_every_agent_steps": .integer(checkpointEveryAgentSteps),
            "evaluation": evaluation?.json ?? .null,
            "hyperparameters": algorithm.hyperparameters,
        ]
    }

    /// The environment's options, sorted by name.
    var environmentOptionsJSON: JSONObject {
        var options = JSONObject()
        for (name, value) in environmentOptions.sorted(by: { $0.key < $1.key }) {
            options[name] = JSONValue(value)
        }
        return options
    }

    private mutating func readEnvironmentOptions(_ fields: inout FieldReader) {
        fields.readNames("environment_options") { name, value in
            guard let option = OptionValue(value) else {
                return "must be a boolean, number or string, got \(value.kind)"
            }
            environmentOptions[name] = option
            return nil
        }
    }

    private mutating func readEvaluation(_ fields: inout FieldReader) {
        if fields.value("evaluation") == .null {
            evaluation = nil
            return
        }
        var plan =
            evaluation ?? EvaluationPlan(everyAgentSteps: 50_000, episodes: 30, epsilon: 0.05)
        var isGiven = false
        fields.readObject("evaluation") { fields in
            plan.read(&fields)
            isGiven = true
        }
        if isGiven {
            evaluation = plan
        }
    }

    /// The largest whole number that every JSON reader keeps exact: 2⁵³ − 1.
    private static let largestExactInteger = 9_007_199_254_740_991
    private static let longest = 1_000_000_000_000
}

extension EvaluationPlan {
    fileprivate mutating func read(_ fields: inout FieldReader) {
        fields.read("every_agent_steps", in: 1...1_000_000_000_000, into: &everyAgentSteps)
        fields.read("episodes", in: 1...100_000, into: &episodes)
        fields.read("epsilon", in: 0...1, into: &epsilon)
        if fields.value("stop_at_mean_return") == .null {
            stopAtMeanReturn = nil
        } else if fields.has("stop_at_mean_return") {
            var limit = 0.0
            fields.read("stop_at_mean_return", in: -1e12...1e12, into: &limit)
            stopAtMeanReturn = limit
        }
    }

    fileprivate var json: JSONValue {
        [
            "every_agent_steps": .integer(everyAgentSteps),
            "episodes": .integer(episodes),
            "epsilon": .single(epsilon),
            "stop_at_mean_return": .optional(stopAtMeanReturn),
        ]
    }
}

extension Algorithm {
    private enum Kind: String, CaseIterable {
        case dqn
        case qLearning = "q_learning"
    }

    fileprivate mutating func read(_ fields: inout FieldReader) {
        let present =
            switch self {
            case .dqn: Kind.dqn
            case .qLearning: Kind.qLearning
            }
        var kind = present
        fields.read("algorithm", into: &kind)
        if kind != present {
            self =
                kind == .dqn ? .dqn(DQNHyperparameters()) : .qLearning(QLearningHyperparameters())
        }
        var changed = self
        fields.readObject("hyperparameters") { fields in
            switch changed {
            case .dqn(var hyperparameters):
                hyperparameters.read(&fields)
                changed = .dqn(hyperparameters)
            case .qLearning(var hyperparameters):
                hyperparameters.read(&fields)
                changed = .qLearning(hyperparameters)
            }
        }
        self = changed
    }

    /// Every constant, in the words of a request.
    public var hyperparameters: JSONValue {
        switch self {
        case .dqn(let hyperparameters): hyperparameters.json
        case .qLearning(let hyperparameters): hyperparameters.json
        }
    }
}

extension OptionValue {
    fileprivate init?(_ value: JSONValue) {
        switch value {
        case .bool(let bool): self = .boolean(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .string(let string): self = .text(string)
        case .null, .array, .object: return nil
        }
    }
}

extension JSONValue {
    /// An environment option's value.
    public init(_ option: OptionValue) {
        switch option {
        case .boolean(let bool): self = .bool(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .text(let text): self = .string(text)
        }
    }
}
