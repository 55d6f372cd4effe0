internal import DeepQLearning
internal import Environments
public import JSONFields

extension JobSpecification: Settings {
    /// A job as a request gives it, and as it is shown and stored.
    public static let settings: [Setting<JobSpecification>] = [
        .text("name", \.name, limit: 200, "What people call the job; the preset's if not given."),
        .text(
            "environment",
            \.environment,
            limit: 100,
            "The environment's id, such as `atari/breakout`; required where there is no preset."
        ),
        environmentOptions,
        .choice("algorithm", \.algorithm.kind, "How the job learns."),
        .wholeNumber(
            "seed",
            \.seed,
            in: 0...9_007_199_254_740_991,
            "What every random number of the run is derived from: the same seed, the same run."
        ),
        .wholeNumber(
            "total_agent_steps",
            \.totalAgentSteps,
            in: .periods,
            unit: "agent steps",
            "When the job is complete."
        ),
        .wholeNumber(
            "metrics_every_agent_steps",
            \.metricsEveryAgentSteps,
            in: .periods,
            unit: "agent steps",
            "How many steps lie between two points of the metrics."
        ),
        .wholeNumber(
            "checkpoint_every_agent_steps",
            \.checkpointEveryAgentSteps,
            in: .steps,
            unit: "agent steps",
            "How many steps lie between two checkpoints; 0 for one at the end alone."
        ),
        checkpointRetention,
        evaluation,
        hyperparameters,
    ]

    /// Every value, in the words of a request.
    public var object: JSONObject {
        guard case .object(let object) = json else { return [:] }
        return object
    }

    /// The environment's options, sorted by name.
    var environmentOptionsJSON: JSONObject {
        var options = JSONObject()
        for (name, value) in environmentOptions.sorted(by: { $0.key < $1.key }) {
            options[name] = JSONValue(value)
        }
        return options
    }

    private static let environmentOptions = Setting<JobSpecification>(
        .init(
            "environment_options",
            .names,
            "What deviates from the environment's defaults; see `options` of the environment."
        )
    ) { fields, job in
        var options = job.environmentOptions
        fields.readNames("environment_options") { name, value in
            guard let option = OptionValue(value) else {
                return "must be a boolean, number, string, list or object, without null in it, "
                    + "got \(value.kind)"
            }
            options[name] = option
            return nil
        }
        job.environmentOptions = options
    } write: {
        .object($0.environmentOptionsJSON)
    }

    private static let checkpointRetention = Setting<JobSpecification>(
        .init(
            "checkpoints_keep",
            .object(
                CheckpointRetention().group(
                    named: "CheckpointRetention",
                    "Which of its checkpoints a job keeps: the best and the latest always."
                )
            ),
            "Which checkpoints are kept; null for all.",
            isNullable: true
        )
    ) { fields, job in
        guard fields.value("checkpoints_keep") != .null else {
            return job.checkpointRetention = nil
        }
        var rules: CheckpointRetention?
        let present = job.checkpointRetention ?? CheckpointRetention()
        fields.readObject("checkpoints_keep") { fields in
            var changed = present
            changed.read(&fields)
            rules = changed
        }
        job.checkpointRetention = rules ?? job.checkpointRetention
    } write: {
        $0.checkpointRetention?.json ?? .null
    }

    private static let evaluation = Setting<JobSpecification>(
        .init(
            "evaluation",
            .object(
                EvaluationPlan.usual.group(
                    named: "EvaluationPlan",
                    "When and how the policy plays episodes that it does not learn from."
                )
            ),
            "How the policy is evaluated on the way; null for not at all.",
            isNullable: true
        )
    ) { fields, job in
        guard fields.value("evaluation") != .null else { return job.evaluation = nil }
        var plan: EvaluationPlan?
        let present = job.evaluation ?? .usual
        fields.readObject("evaluation") { fields in
            var changed = present
            changed.read(&fields)
            plan = changed
        }
        job.evaluation = plan ?? job.evaluation
    } write: {
        $0.evaluation?.json ?? .null
    }

    private static let hyperparameters = Setting<JobSpecification>(
        .init(
            "hyperparameters",
            .variants(Algorithm.variants),
            "The constants of the algorithm; what is not given comes from the preset."
        )
    ) { fields, job in
        var algorithm = job.algorithm
        fields.readObject("hyperparameters") { algorithm.read(&$0) }
        job.algorithm = algorithm
    } write: {
        $0.algorithm.hyperparameters
    }
}

extension EvaluationPlan: Settings {
    /// The plan as a request gives it.
    public static let settings: [Setting<EvaluationPlan>] = [
        .wholeNumber(
            "every_agent_steps",
            \.everyAgentSteps,
            in: .periods,
            unit: "agent steps",
            "How many steps lie between two evaluations; one more comes at the end of the job."
        ),
        .wholeNumber(
            "episodes",
            \.episodes,
            in: 1...100_000,
            unit: "episodes",
            "How many episodes an evaluation plays.",
            source: "Mnih et al. 2015, Methods: Evaluation procedure"
        ),
        .number(
            "epsilon",
            \.epsilon,
            in: 0...1,
            "The share of random actions meanwhile.",
            source: "Mnih et al. 2015, Methods: Evaluation procedure"
        ),
        .number(
            "stop_at_mean_return",
            \.stopAtMeanReturn,
            in: -1e12...1e12,
            "The mean return of an evaluation at which the job is complete before its time; null "
                + "for none."
        ),
    ]

    /// What a plan begins with where the preset has none.
    static let usual = EvaluationPlan(everyAgentSteps: 50_000, episodes: 30, epsilon: 0.05)
}
