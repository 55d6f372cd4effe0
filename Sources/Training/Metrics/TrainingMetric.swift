/// The numbers that are measured in a job: one series each, in events, curves, files and on the page.
///
/// Everything that names them or says what they mean takes it from here.
public enum TrainingMetric: String, CaseIterable, Sendable {
    /// How well the values fit their targets.
    case loss
    /// What the agent expects.
    case meanQ = "mean_q"
    /// How far values are from their targets.
    case tdError = "td_error"
    /// How much is explored.
    case epsilon
    /// What training episodes brought of late.
    case meanReturn100 = "mean_return_100"
    /// How fast the job is.
    case agentStepsPerSecond = "agent_steps_per_second"
    /// What each training episode brought.
    case episodeReturn = "episode_return"
    /// How long each training episode was.
    case episodeLength = "episode_length"
    /// What the policy brings without learning.
    case evaluationReturn = "evaluation_return"

    /// What a reader must know of a metric.
    public struct Definition: Equatable, Sendable {
        /// What it is counted in.
        public let unit: String
        /// The event that brings it.
        public let event: String
        /// What each of its points is averaged over.
        public let averagedOver: String
        /// What it is, in one sentence.
        public let summary: String
    }

    /// What is said of the metric wherever it is shown.
    public var definition: Definition {
        switch self {
        case .loss:
            Definition(
                unit: "1",
                event: "metrics",
                averagedOver: "all transitions of the updates since the last point",
                summary: "Loss of one transition: Huber's, whose gradient is the clipped TD error."
            )
        case .meanQ:
            Definition(
                unit: "reward",
                event: "metrics",
                averagedOver: "all transitions of the updates since the last point",
                summary: "The largest Q-value of a state, maxₐ Q(s, a), before the update."
            )
        case .tdError:
            Definition(
                unit: "reward",
                event: "metrics",
                averagedOver: "all transitions of the updates since the last point",
                summary: "Distance between TD target and Q-value, |y − Q(s, a)|, not clipped."
            )
        case .epsilon:
            Definition(
                unit: "probability",
                event: "metrics",
                averagedOver: "nothing: the value at the point",
                summary: "How often the next action is chosen at random."
            )
        case .meanReturn100:
            Definition(
                unit: "reward",
                event: "metrics",
                averagedOver: "the last 100 training episodes, or all where there are fewer",
                summary: "Return of a training episode, exploration included."
            )
        case .agentStepsPerSecond:
            Definition(
                unit: "agent steps / s",
                event: "metrics",
                averagedOver: "the time since the last point, without evaluations and pauses",
                summary: "How fast the job acts and learns."
            )
        case .episodeReturn:
            Definition(
                unit: "reward",
                event: "episode",
                averagedOver: "nothing: one training episode",
                summary: "Sum of the episode's rewards, not clipped and not discounted."
            )
        case .episodeLength:
            Definition(
                unit: "agent steps",
                event: "episode",
                averagedOver: "nothing: one training episode",
                summary: "Actions chosen in the episode."
            )
        case .evaluationReturn:
            Definition(
                unit: "reward",
                event: "evaluation",
                averagedOver: "the episodes of one evaluation",
                summary: "Return of an episode played for evaluation, without learning."
            )
        }
    }
}
