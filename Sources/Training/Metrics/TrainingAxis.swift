/// What curves are laid out along, and what every event says of where its job stood.
///
/// Everything that names the axes or says what they mean takes it from here. The raw values are
/// stored and sent; blocks of events store the columns in this order.
public enum TrainingAxis: String, CaseIterable, Sendable {
    /// What the agent has done.
    case agentSteps = "agent_steps"
    /// What the environments have done.
    case environmentFrames = "environment_frames"
    /// What was learned.
    case gradientUpdates = "gradient_updates"
    /// What was played to its end.
    case episodes
    /// What it took.
    case wallSeconds = "wall_seconds"

    /// The axes that are whole numbers, in their order.
    public static let counts = allCases.filter(\.isCount)

    /// Whether positions along the axis are whole numbers.
    public var isCount: Bool { self != .wallSeconds }

    /// What the axis is counted in.
    public var unit: String {
        switch self {
        case .agentSteps: "agent steps"
        case .environmentFrames: "frames"
        case .gradientUpdates: "updates"
        case .episodes: "episodes"
        case .wallSeconds: "s"
        }
    }

    /// What the axis is, in one sentence.
    public var summary: String {
        switch self {
        case .agentSteps: "Actions chosen, all environments together."
        case .environmentFrames:
            "Frames that the environments played: several for one repeated action, no-op starts "
                + "included."
        case .gradientUpdates: "Updates of the network, or of the table."
        case .episodes: "Training episodes that have ended."
        case .wallSeconds: "Time in which the job ran, evaluations included, pauses not."
        }
    }
}
