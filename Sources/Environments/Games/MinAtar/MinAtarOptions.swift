/// What can be chosen about MinAtar's games.
struct MinAtarOptions: Codable, Equatable, Sendable {
    /// How likely the last action is played once more in place of the one asked for.
    let stickyActionProbability: Double
    /// Whether a game becomes harder while it is played.
    let isRamping: Bool
    /// Whether all six actions are offered.
    let hasFullActionSet: Bool
    /// Steps after which an episode is cut off; 0 for never.
    let timeLimitSteps: Int

    init(_ options: ResolvedOptions) {
        stickyActionProbability = options.number("sticky_action_probability")
        isRamping = options.boolean("difficulty_ramping")
        hasFullActionSet = options.boolean("full_action_set")
        timeLimitSteps = options.integer("time_limit_steps")
    }

    static let declared = [
        EnvironmentOption(
            "sticky_action_probability",
            "How likely the last action is played once more in place of the one asked for.",
            0.1,
            .numbers(0...1)
        ),
        EnvironmentOption(
            "difficulty_ramping",
            "Whether the game becomes harder while it is played, if it is one that can.",
            true,
            .boolean
        ),
        EnvironmentOption(
            "full_action_set",
            "Whether all six actions are offered, not only those that do something in the game.",
            false,
            .boolean
        ),
        EnvironmentOption(
            "time_limit_steps",
            "Steps after which an episode is cut off; 0 for none, as in the original, where a "
                + "submarine that never dives plays for ever.",
            10_000,
            .integers(0...1_000_000_000)
        ),
    ]
}
