public import JSONFields

/// What a network's outputs stand for, and how its end is built.
public struct ValueHeadSettings: Equatable, Sendable {
    /// Whether the network forks into a value and advantages at its end.
    public var dueling = DuelingStreams.none

    /// The paper's: one output an action, from one stream.
    public init() {}
}

/// Whether a network forks into a stream for the value of a state and one for the advantages of its actions.
public enum DuelingStreams: String, CaseIterable, Sendable {
    /// It does not.
    case none
    /// Each stream has a last hidden layer of its own.
    case separate
    /// Both read the last hidden layer.
    case shared
}

extension DuelingStreams: SettingChoice {
    /// How the streams are laid out.
    public var summary: String {
        switch self {
        case .none: "One stream."
        case .separate:
            "Two streams, each with a last hidden layer of its own where that is a dense one: the paper's."
        case .shared:
            "Two streams that both read the last hidden layer, as Dopamine's: hardly any cost."
        }
    }
}

extension ValueHeadSettings: Settings {
    /// The settings as users write them, among the other constants.
    public static let settings: [Setting<ValueHeadSettings>] = [
        .choice(
            "dueling",
            \.dueling,
            "Whether the network forks into the value of a state and the advantages of its actions, "
                + "Q = V + A − mean A.",
            source: "Wang et al. 2016"
        )
    ]
}
