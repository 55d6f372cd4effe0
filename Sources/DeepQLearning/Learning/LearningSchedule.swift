/// When the updates that are due after an agent step are made.
///
/// The learner goes through the same updates in the same order either way; what differs is which
/// parameters the agent acts with, and so what it experiences.
public enum LearningSchedule: String, CaseIterable, Sendable {
    /// At once, before the next action: Algorithm 1 as it is written.
    case sequential
    /// While the agent plays on with the parameters from before them. What they gave is taken in,
    /// and acted with, when the next updates are due: a lag of exactly one update period.
    case overlapped
}
