public import JSONFields
public import NeuralNetworks

/// What a network's outputs stand for, and how its end is built.
public struct ValueHeadSettings: Equatable, Sendable {
    /// What the outputs stand for.
    public var kind = Kind.scalar
    /// Whether the network forks into a value and advantages at its end.
    public var dueling = DuelingStreams.none
    /// Atoms of a categorical head.
    public var atomCount = 51
    /// The lowest return that a categorical head tells apart.
    public var minimumReturn: Float = -10
    /// The highest return that a categorical head tells apart.
    public var maximumReturn: Float = 10
    /// Quantiles of a quantile head.
    public var quantileCount = 200
    /// Fractions at which an implicit quantile head is taught.
    public var onlineQuantileCount = 8
    /// Fractions at which the target network is asked for an implicit quantile head's targets.
    public var targetQuantileCount = 8
    /// Fractions whose quantiles are averaged to act by.
    public var actingQuantileCount = 32
    /// How fractions are shown to an implicit quantile network.
    public var embedding = QuantileEmbedding()
    /// Whether dense layers get noise of a scale that is learned.
    public var isNoisy = false
    /// σ₀: that scale at first, times the root of a layer's inputs.
    public var initialNoiseScale: Float = 0.5
    /// κ: the error beyond which a quantile's loss grows in a straight line.
    public var huberThreshold: Float = 1

    /// The paper's: one output an action, from one stream.
    public init() {}
}

extension ValueHeadSettings {
    /// The heads by their words.
    public enum Kind: String, SettingChoice {
        /// One Q-value an action.
        case scalar
        /// Probabilities of fixed returns.
        case categorical
        /// Returns at fixed probabilities.
        case quantile
        /// Returns at any probabilities.
        case implicitQuantile = "implicit_quantile"

        /// What is learned of the return.
        public var summary: String {
            switch self {
            case .scalar: "Its expectation, the Q-value, in one output an action."
            case .categorical:
                "Its distribution over `atom_count` fixed returns (C51), by cross entropy."
            case .quantile:
                "Its `quantile_count` quantiles (QR-DQN), by quantile regression."
            case .implicitQuantile:
                "Its quantiles at probabilities that are drawn anew for each update (IQN)."
            }
        }
    }

    /// The head.
    var head: ValueHead {
        switch kind {
        case .scalar: .scalar
        case .categorical:
            .categorical(
                CategoricalSupport(
                    atomCount: atomCount,
                    minimum: minimumReturn,
                    maximum: maximumReturn
                )
            )
        case .quantile: .quantile(count: quantileCount)
        case .implicitQuantile: .implicitQuantile(count: actingQuantileCount)
        }
    }

    /// Why there is no such head, and which setting is at fault; nil where there is.
    var fault: (field: String, message: String)? {
        guard kind != .categorical || minimumReturn < maximumReturn else {
            return ("v_min", "must be less than v_max, \(maximumReturn), got \(minimumReturn)")
        }
        return nil
    }
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
    public static let settings: [Setting<ValueHeadSettings>] =
        [
            .choice(
                "value_head",
                \.kind,
                "What is learned of the return of each action.",
                source: "Mnih et al. 2015; Bellemare et al. 2017, C51; Dabney et al. 2018, QR-DQN "
                    + "and Implicit Quantile Networks"
            ),
            .choice(
                "dueling",
                \.dueling,
                "Whether the network forks into the value of a state and the advantages of its actions, "
                    + "Q = V + A − mean A.",
                source: "Wang et al. 2016"
            ),
            .wholeNumber(
                "atom_count",
                \.atomCount,
                in: 2...1001,
                unit: "atoms",
                "How many returns a categorical head tells apart, from `v_min` to `v_max`.",
                source: "Bellemare et al. 2017: 51"
            ),
            .number(
                "v_min",
                \.minimumReturn,
                in: -1e9...1e9,
                "The lowest return of a categorical head; any below counts as it.",
                source: "Bellemare et al. 2017: −10"
            ),
            .number(
                "v_max",
                \.maximumReturn,
                in: -1e9...1e9,
                "The highest return of a categorical head; any above counts as it.",
                source: "Bellemare et al. 2017: 10"
            ),
            .wholeNumber(
                "quantile_count",
                \.quantileCount,
                in: 1...1001,
                unit: "quantiles",
                "How many quantiles a quantile head learns, at the midpoints of equal parts.",
                source: "Dabney et al. 2018, QR-DQN: 200"
            ),
            .wholeNumber(
                "online_quantile_count",
                \.onlineQuantileCount,
                in: 1...256,
                unit: "fractions",
                "N: at how many fractions an implicit quantile head is taught in an update; the cost grows "
                    + "with it.",
                source:
                    "Dabney et al. 2018, Implicit Quantile Networks: 64; 8 for processors, Clark et al. "
                    + "2024, Beyond the Rainbow"
            ),
            .wholeNumber(
                "target_quantile_count",
                \.targetQuantileCount,
                in: 1...256,
                unit: "fractions",
                "N′: at how many fractions the target network is asked for a target; the best action is "
                    + "that of their mean.",
                source:
                    "Dabney et al. 2018, Implicit Quantile Networks: 64; 8 for processors, Clark et al. "
                    + "2024, Beyond the Rainbow"
            ),
            .wholeNumber(
                "acting_quantile_count",
                \.actingQuantileCount,
                in: 1...256,
                unit: "fractions",
                "K: how many quantiles are averaged to act by: at fractions drawn for each action in "
                    + "training, at the midpoints of equal parts in evaluation and serving.",
                source: "Dabney et al. 2018, Implicit Quantile Networks: 32"
            ),
            .number(
                "quantile_huber_threshold",
                \.huberThreshold,
                in: 0...1e6,
                "κ: the error beyond which a quantile's loss grows in a straight line; the loss is not "
                    + "divided by it, and 0 is plain quantile regression.",
                source: "Dabney et al. 2018, QR-DQN: 1"
            ),
        ] + noise + QuantileEmbedding.settings.map { $0.within(\.embedding) }

    private static let noise: [Setting<ValueHeadSettings>] = [
        .boolean(
            "noisy_layers",
            \.isNoisy,
            "Whether the dense layers' weights get factorised noise, whose scale is learned: drawn anew for "
                + "each update and each choice, none in evaluation and serving; random actions stay as "
                + "`initial_epsilon` and `final_epsilon` say.",
            source: "Fortunato et al. 2018"
        ),
        .number(
            "noisy_initial_scale",
            \.initialNoiseScale,
            in: 0...10,
            "σ₀: the scale of this noise at first is σ₀ / √fan_in.",
            source: "Fortunato et al. 2018: 0.5; Dopamine and dqn_zoo: 0.1"
        ),
    ]
}
