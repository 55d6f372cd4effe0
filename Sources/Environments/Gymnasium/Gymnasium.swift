/// Ids of Gymnasium's environments, and what is known of a few without asking.
enum Gymnasium {
    private static let idPrefix = "gymnasium/"

    /// The environment's id here, `gymnasium/CartPole-v1` for `CartPole-v1`.
    static func id(of name: String) -> String { idPrefix + name }

    /// What Gymnasium calls it.
    static func name(of id: String) -> String { String(id.dropFirst(idPrefix.count)) }

    static func isName(_ id: String) -> Bool { id.hasPrefix(idPrefix) && id.count > idPrefix.count }

    /// Whether it names a user's own class or function, or an id that a module of theirs registers:
    /// `gymnasium/snake:Snake`.
    static func isEntryPoint(_ id: String) -> Bool { name(of: id).contains(":") }

    /// One that is listed.
    struct WellKnown {
        let name: String
        let summary: String
        let observation: ObservationSpec
        let actionNames: [String]
        /// What Python imports for it beside Gymnasium, and pip's name of that.
        let needs: (module: String, packages: String)?
    }

    /// What is listed, so that a newcomer sees what an id looks like.
    static let wellKnown: [WellKnown] =
        [
            WellKnown(
                name: "CartPole-v1",
                summary: "Balance a pole on a cart: 1 for each step it stands, for at most 500.",
                observation: numbers(4),
                actionNames: ["LEFT", "RIGHT"],
                needs: nil
            ),
            WellKnown(
                name: "Acrobot-v1",
                summary: "Swing the lower of two links above a line: −1 for each step until then.",
                observation: numbers(6),
                actionNames: ["LEFT", "NOTHING", "RIGHT"],
                needs: nil
            ),
            WellKnown(
                name: "MountainCar-v0",
                summary: "Rock a weak car up a hill: −1 for each step until then, for at most 200.",
                observation: numbers(2),
                actionNames: ["LEFT", "NOTHING", "RIGHT"],
                needs: nil
            ),
            WellKnown(
                name: "LunarLander-v3",
                summary: "Land between two flags with little fuel; 200 counts as solved.",
                observation: numbers(8),
                actionNames: ["NOTHING", "LEFT_ENGINE", "MAIN_ENGINE", "RIGHT_ENGINE"],
                needs: ("Box2D", "'gymnasium[box2d]'")
            ),
        ]
        + [
            ("Asterix", 4, ["NOOP", "LEFT", "UP", "RIGHT", "DOWN"]),
            ("Breakout", 4, ["NOOP", "LEFT", "RIGHT"]),
            ("Freeway", 7, ["NOOP", "UP", "DOWN"]),
            ("Seaquest", 10, ["NOOP", "LEFT", "UP", "RIGHT", "DOWN", "FIRE"]),
            ("SpaceInvaders", 6, ["NOOP", "LEFT", "RIGHT", "FIRE"]),
        ].map { game, channels, actionNames in
            WellKnown(
                name: "MinAtar/\(game)-v1",
                summary: "MinAtar's \(game): the Atari game on a grid of 10×10.",
                observation: ObservationSpec(
                    frameShape: [channels, 10, 10],
                    scalar: .uint8,
                    stack: 1
                ),
                actionNames: actionNames,
                needs: ("minatar", "--no-deps minatar")
            )
        }

    private static func numbers(_ count: Int) -> ObservationSpec {
        ObservationSpec(frameShape: [count], scalar: .float32, stack: 1)
    }

    static func wellKnown(_ id: String) -> WellKnown? {
        wellKnown.first { Gymnasium.id(of: $0.name) == id }
    }
}
