internal import DeepQLearning
public import JSONFields

extension Algorithm {
    /// The algorithms by their words.
    enum Kind: String, SettingChoice {
        case dqn
        case pqn
        case qLearning = "q_learning"

        var summary: String {
            switch self {
            case .dqn: "Deep Q-learning: a network gives the Q-values."
            case .pqn:
                "Parallelised Q-learning (Gallici et al. 2024): rollouts of several environments, "
                    + "without replay memory or target network."
            case .qLearning:
                "Q-learning with a table, for environments whose states can be counted."
            }
        }
    }

    /// Which algorithm it is; another one starts from its defaults.
    var kind: Kind {
        get {
            switch self {
            case .dqn: .dqn
            case .pqn: .pqn
            case .qLearning: .qLearning
            }
        }
        set {
            guard newValue != kind else { return }
            switch newValue {
            case .dqn: self = .dqn(DQNHyperparameters())
            case .pqn: self = .pqn(PQNHyperparameters())
            case .qLearning: self = .qLearning(QLearningHyperparameters())
            }
        }
    }

    static let variants = SettingVariants(
        name: "Hyperparameters",
        "The constants of the algorithm. A `default` holds where neither the request nor its "
            + "preset states a value.",
        [
            DQNHyperparameters().group(
                named: "DQNHyperparameters",
                "The constants of `dqn`; the defaults are those of Mnih et al. 2015."
            ),
            PQNHyperparameters().group(
                named: "PQNHyperparameters",
                "The constants of `pqn`; the defaults are CleanRL's for Atari games."
            ),
            QLearningHyperparameters().group(
                named: "QLearningHyperparameters",
                "The constants of `q_learning`."
            ),
        ]
    )

    mutating func read(_ fields: inout FieldReader) {
        switch self {
        case .dqn(var hyperparameters):
            hyperparameters.read(&fields)
            self = .dqn(hyperparameters)
        case .pqn(var hyperparameters):
            hyperparameters.read(&fields)
            self = .pqn(hyperparameters)
        case .qLearning(var hyperparameters):
            hyperparameters.read(&fields)
            self = .qLearning(hyperparameters)
        }
    }

    /// Every constant, in the words of a request.
    public var hyperparameters: JSONValue {
        switch self {
        case .dqn(let hyperparameters): hyperparameters.json
        case .pqn(let hyperparameters): hyperparameters.json
        case .qLearning(let hyperparameters): hyperparameters.json
        }
    }
}
