/// How an environment of Gymnasium is made and shown.
struct GymnasiumOptions {
    let resolved: ResolvedOptions
    private let id: String

    static let declared =
        [
            EnvironmentOption(
                "kwargs",
                "What `gymnasium.make`, or the class or function, is given beside the id.",
                nil,
                .object
            ),
            EnvironmentOption(
                "max_episode_steps",
                "Steps after which an episode is cut off; the environment's own if not given.",
                nil,
                .integers(1...1_000_000_000)
            ),
            EnvironmentOption(
                "preprocessing",
                "What is made of its observations: nothing, or 84×84 gray levels of a screen, as of "
                    + "Atari's.",
                "none",
                .words(["none", "atari"])
            ),
        ] + DeclaredSpaces.options

    init(_ options: EnvironmentOptions, of id: String) throws(EnvironmentError) {
        resolved = try ResolvedOptions(options, for: id, from: Self.declared)
        self.id = id
    }

    /// Whether screens are shrunk here to what Atari's agents see.
    var isScreen: Bool { resolved.text("preprocessing") == "atari" }

    /// What the worker is asked to make.
    func setup(folder: String?) -> GymnasiumSetup {
        var keywords: [String: OptionValue] = [:]
        if case .object(let given) = resolved.values["kwargs"] { keywords = given }
        var limit: Int?
        if case .integer(let given) = resolved.values["max_episode_steps"] { limit = given }
        return GymnasiumSetup(
            id: Gymnasium.name(of: id),
            folder: Gymnasium.isEntryPoint(id) ? folder : nil,
            kwargs: keywords,
            max_episode_steps: limit,
            is_screen: isScreen
        )
    }

    /// What the options say that it shows and takes; a well-known one need not say it.
    func spaces() throws(EnvironmentError) -> (observation: ObservationSpec, actionNames: [String])
    {
        let names = ["observation", "stack", "actions"]
        if let known = Gymnasium.wellKnown(id), names.allSatisfy({ resolved.values[$0] == nil }) {
            return (known.observation, known.actionNames)
        }
        let spaces = try DeclaredSpaces(resolved.values, of: id)
        return (spaces.observationSpec, spaces.actionNames)
    }
}

/// What `gymnasium_worker.py` makes an environment of, in its words.
struct GymnasiumSetup: Encodable {
    var id: String
    /// Where a module of the user's is imported from.
    var folder: String?
    var kwargs: [String: OptionValue]
    var max_episode_steps: Int?
    /// Whether observations are to be given as screens, in colors.
    var is_screen: Bool
    /// Whether pictures may be asked for.
    var renders = true
}

/// What `gymnasium_worker.py` says of an environment that it has made.
struct GymnasiumDescription: Decodable, Equatable {
    var shape: [Int]
    var scalar: ObservationSpec.Scalar
    var stack: Int
    var actions: Int
    /// What the environment calls its actions, where it does.
    var names: [String]?

    /// The observation as options say it.
    func observation(isScreen: Bool) -> OptionValue {
        [
            "shape": .list(shape.map(OptionValue.integer)), "scalar": .text(scalar.rawValue),
            "preprocessing": isScreen ? "atari" : "none",
        ]
    }
}
