public import DeepQLearning
public import Environments
internal import JSONFields

/// All that decides what a training job computes: two jobs of equal specifications are equal runs.
public struct JobSpecification: Equatable, Sendable {
    /// What people call the job.
    public var name: String
    /// The environment's id, such as `atari/breakout`.
    public var environment: String
    /// What deviates from the environment's defaults.
    public var environmentOptions: EnvironmentOptions
    /// How it learns, with every constant.
    public var algorithm: Algorithm
    /// What every random number of the run is derived from.
    public var seed: Int
    /// When the job is complete.
    public var totalAgentSteps: Int
    /// Agent steps between two points of the metrics.
    public var metricsEveryAgentSteps: Int
    /// Agent steps between two checkpoints; 0 for one at the end alone.
    public var checkpointEveryAgentSteps: Int
    /// Which checkpoints are kept; all where nothing is said.
    public var checkpointRetention: CheckpointRetention?
    /// How the policy is evaluated on the way, if at all.
    public var evaluation: EvaluationPlan?

    /// Creates a specification of a thousand steps without evaluation.
    public init(name: String, environment: String, algorithm: Algorithm) {
        self.name = name
        self.environment = environment
        environmentOptions = [:]
        self.algorithm = algorithm
        seed = 1
        totalAgentSteps = 1000
        metricsEveryAgentSteps = 250
        checkpointEveryAgentSteps = 0
        checkpointRetention = nil
        evaluation = nil
    }
}

/// How a job learns.
public enum Algorithm: Equatable, Sendable {
    /// Deep Q-learning.
    case dqn(DQNHyperparameters)
    /// Parallelised Q-learning: rollouts of several environments, without replay or target network.
    case pqn(PQNHyperparameters)
    /// Q-learning with a table, for environments whose states can be counted.
    case qLearning(QLearningHyperparameters)

    /// The name in requests and answers.
    public var name: String { kind.rawValue }

    /// In how many environments it acts at once.
    public var environmentCount: Int {
        switch self {
        case .dqn(let hyperparameters): hyperparameters.environmentCount
        case .pqn(let hyperparameters): hyperparameters.environmentCount
        case .qLearning: 1
        }
    }
}

/// When and how the policy plays episodes that it does not learn from.
public struct EvaluationPlan: Equatable, Sendable {
    /// Agent steps between two evaluations; one more comes at the end of the job.
    public var everyAgentSteps: Int
    /// Episodes of one evaluation.
    public var episodes: Int
    /// How often an action is chosen at random meanwhile: 0.05 in the paper.
    public var epsilon: Float
    /// The mean return at which the job is complete before its time, if any.
    public var stopAtMeanReturn: Double?

    /// Creates a plan.
    public init(
        everyAgentSteps: Int,
        episodes: Int,
        epsilon: Float,
        stopAtMeanReturn: Double? = nil
    ) {
        self.everyAgentSteps = everyAgentSteps
        self.episodes = episodes
        self.epsilon = epsilon
        self.stopAtMeanReturn = stopAtMeanReturn
    }
}
