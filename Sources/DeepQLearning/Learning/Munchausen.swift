public import JSONFields

/// The constants of Munchausen reinforcement learning.
public struct Munchausen: Equatable, Sendable {
    /// α: what the log-probability of an action counts beside its reward.
    public var scale: Float = 0.9
    /// τ: how far the policy is from the best action alone.
    public var temperature: Float = 0.03
    /// l₀: below it a log-probability counts as it.
    public var minimumLogProbability: Float = -1

    /// The paper's.
    public init() {}
}

extension Munchausen: Settings {
    /// The constants as users write them, among the others.
    public static let settings: [Setting<Munchausen>] = [
        .number(
            "munchausen_scale",
            \.scale,
            in: 0...1,
            "α: what the log-probability of the action that was taken counts beside its first reward; "
                + "for `bootstrap_rule` munchausen.",
            source: "Vieillard et al. 2020: 0.9"
        ),
        .number(
            "munchausen_temperature",
            \.temperature,
            in: 1e-4...1e4,
            "τ of the policy softmax(Q / τ), in units of the return.",
            source: "Vieillard et al. 2020: 0.03"
        ),
        .number(
            "munchausen_minimum",
            \.minimumLogProbability,
            in: -1e4...0,
            "l₀: below it τ ln π counts as it.",
            source: "Vieillard et al. 2020: −1"
        ),
    ]
}
