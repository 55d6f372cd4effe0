/// The games that the Arcade Learning Environment plays (ale-py 0.12.1), and their actions.
package enum Atari {
    /// All that a joystick can do, in the emulator's order.
    package static let actionNames = [
        "NOOP", "FIRE", "UP", "RIGHT", "LEFT", "DOWN", "UPRIGHT", "UPLEFT", "DOWNRIGHT",
        "DOWNLEFT", "UPFIRE", "RIGHTFIRE", "LEFTFIRE", "DOWNFIRE", "UPRIGHTFIRE", "UPLEFTFIRE",
        "DOWNRIGHTFIRE", "DOWNLEFTFIRE",
    ]

    /// Every game with the actions that do something in it, in the emulator's order.
    ///
    /// Written down because asking the emulator takes a tenth of a second a game.
    package static let minimalActionNames: [String: [String]] = {
        var names: [String: [String]] = [:]
        for (actions, games) in gamesByActions {
            let set = actionNames.indices.filter { actions >> $0 & 1 == 1 }
            for game in games.split(separator: " ") {
                names[String(game)] = set.map { actionNames[$0] }
            }
        }
        return names
    }()

    private static let idPrefix = "atari/"

    /// The environment in which a game is played: `atari/breakout` for `breakout`.
    static func id(of game: String) -> String { idPrefix + game }

    /// The game that is played in an environment, as the emulator names it.
    static func game(of id: String) -> String { String(id.dropFirst(idPrefix.count)) }

    static func isGame(_ id: String) -> Bool { id.hasPrefix(idPrefix) }

    /// What a game shows and takes if these actions are offered.
    static func specification(id: String, actionNames: [String]) -> EnvironmentSpecification {
        EnvironmentSpecification(
            id: id,
            summary:
                "The Atari 2600 game \(title(of: game(of: id))), seen as the Nature paper did.",
            observation: .pixels,
            actionNames: actionNames,
            options: AtariOptions.declared
        )
    }

    private static func title(of game: String) -> String {
        game.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined(separator: " ")
    }

    /// Bit n of a set stands for the n-th action.
    private static let gamesByActions: [(actions: Int, games: String)] = [
        (
            0x3ffff,
            """
            adventure alien bank_heist battle_zone berzerk boxing centipede \
            chopper_command crossbow darkchambers defender donkey_kong double_dunk \
            earthworld elevator_action entombed et fishing_derby flag_capture frostbite \
            gravitar hangman haunted_house hero human_cannonball ice_hockey jamesbond \
            kangaroo klax krull laser_gates mario_bros miniature_golf montezuma_revenge \
            pitfall pitfall2 private_eye riverraid road_runner robotank seaquest solaris \
            space_war star_gunner superman tennis trondead venture video_cube \
            word_zapper yars_revenge zaxxon
            """
        ),
        (
            0x0181b,
            """
            air_raid carnival demon_attack galaxian name_this_game pong sir_lancelot \
            space_invaders
            """
        ),
        (0x003fd, "asterix crazy_climber koolaid lost_luggage ms_pacman"),
        (0x03c3f, "amidar mr_do time_pilot wizard_of_wor"),
        (0x0003f, "basic_math king_kong qbert"),
        (0x02427, "bowling pooyan up_n_down"),
        (0x0003d, "frogger pacman surround"),
        (0x003ff, "othello tic_tac_toe_3d video_chess"),
        (0x01803, "atlantis atlantis2"),
        (0x00027, "blackjack casino"),
        (0x0001b, "breakout kaboom"),
        (0x0181f, "assault"),
        (0x0fcff, "asteroids"),
        (0x0001a, "backgammon"),
        (0x018df, "beam_rider"),
        (0x01b3b, "enduro"),
        (0x00025, "freeway"),
        (0x01c1f, "gopher"),
        (0x3fbfd, "journey_escape"),
        (0x03fff, "keystone_kapers"),
        (0x3fb3d, "kung_fu_master"),
        (0x0383b, "phoenix"),
        (0x00019, "skiing"),
        (0x0003b, "tetris"),
        (0x01bff, "turmoil"),
        (0x01c3d, "tutankham"),
        (0x003c2, "video_checkers"),
        (0x01c3f, "video_pinball"),
    ]
}
