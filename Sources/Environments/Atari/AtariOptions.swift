/// What can be chosen about an Atari game.
package struct AtariOptions: Codable, Equatable, Sendable {
    /// Frames that an action is held for.
    package var frameSkip = 4
    /// The most frames without action that an episode begins with.
    package var noOpMax = 30
    /// Whether all 18 actions are offered, not only those that do something in this game.
    package var hasFullActionSet = false
    /// How likely the emulator repeats the last action in place of the one asked for, each frame.
    package var stickyActionProbability = 0.0
    /// Whether a lost life has discount 0, while the game goes on.
    package var isTerminalOnLifeLoss = false
    /// Whether an episode begins with the fire button, where the game has one.
    package var firesOnReset = false
    /// Whether the life after a lost one begins so, too.
    package var firesOnLifeLoss = false
    /// Frames after which an episode is cut off.
    package var timeLimitFrames = 108_000

    /// Creates the defaults.
    package init() {}

    /// Takes what was given for a game, and defaults for the rest.
    package init(_ given: EnvironmentOptions, for environment: String) throws(EnvironmentError) {
        let options = try ResolvedOptions(given, for: environment, from: Self.declared)
        frameSkip = options.integer("frame_skip")
        noOpMax = options.integer("no_op_max")
        hasFullActionSet = options.boolean("full_action_set")
        stickyActionProbability = options.number("sticky_action_probability")
        isTerminalOnLifeLoss = options.boolean("terminal_on_life_loss")
        firesOnReset = options.boolean("fire_on_reset")
        firesOnLifeLoss = options.boolean("fire_on_life_loss")
        timeLimitFrames = options.integer("time_limit_frames")
    }

    /// The options under their names.
    static let declared = [
        EnvironmentOption(
            "frame_skip",
            "Frames that an action is held for; the agent sees the maximum of the last two.",
            4,
            .integers(1...60)
        ),
        EnvironmentOption(
            "no_op_max",
            "An episode begins with 1 to so many frames without action; 0 for none.",
            30,
            .integers(0...255)
        ),
        EnvironmentOption(
            "full_action_set",
            "Whether all 18 actions are offered, not only those that do something in the game.",
            false,
            .boolean
        ),
        EnvironmentOption(
            "sticky_action_probability",
            "How likely each frame repeats the last action in place of the one asked for.",
            0.0,
            .numbers(0...1)
        ),
        EnvironmentOption(
            "terminal_on_life_loss",
            "Whether a lost life ends the future for the learner; the game goes on. For training.",
            false,
            .boolean
        ),
        EnvironmentOption(
            "fire_on_reset",
            "Whether an episode begins with the fire button, which starts some games.",
            false,
            .boolean
        ),
        EnvironmentOption(
            "fire_on_life_loss",
            "Whether the life after a lost one begins with the fire button, within the same step.",
            false,
            .boolean
        ),
        EnvironmentOption(
            "time_limit_frames",
            "Frames after which an episode is cut off; 108000 are 30 minutes, 18000 are 5.",
            108_000,
            .integers(1_000...1_000_000_000)
        ),
    ]
}
