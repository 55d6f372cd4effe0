internal import RandomNumbers

/// The games that are part of the program.
struct BuiltInGames: EnvironmentProvider {
    private static let games: [any BuiltInGame.Type] = [
        Catch.self, CartPole.self, Routes.self, FrozenLake.self, Acrobot.self, MountainCar.self,
        MinAtarBreakout.self, MinAtarSpaceInvaders.self, MinAtarFreeway.self,
        MinAtarAsterix.self, MinAtarSeaquest.self,
    ]

    var entries: [EnvironmentCatalog.Entry] {
        Self.games.map { EnvironmentCatalog.Entry($0.specification) }
    }

    func specification(
        of id: String,
        options: EnvironmentOptions
    ) throws(EnvironmentError) -> EnvironmentSpecification {
        try game(id).init(options: options, generator: RandomGenerator(seed: 0)).specification
    }

    func make(
        _ id: String,
        options: EnvironmentOptions,
        generator: RandomGenerator,
        interruption: WorkerInterruption?
    ) throws(EnvironmentError) -> any Environment {
        try game(id).init(options: options, generator: generator)
    }

    private func game(_ id: String) throws(EnvironmentError) -> any BuiltInGame.Type {
        guard let game = Self.games.first(where: { $0.specification.id == id }) else {
            throw .unknownEnvironment(id, nearest: nil)
        }
        return game
    }
}

/// A game that is made from its options and a generator alone.
protocol BuiltInGame: Environment, SendableMetatype {
    /// What it is with its default options.
    static var specification: EnvironmentSpecification { get }

    /// Creates a game before its first episode.
    init(options: EnvironmentOptions, generator: RandomGenerator) throws(EnvironmentError)
}

extension EnvironmentOption {
    /// When an episode is cut off that does not end by itself.
    static func timeLimit(steps: Int) -> EnvironmentOption {
        EnvironmentOption(
            "time_limit_steps",
            "Steps after which an episode is cut off.",
            .integer(steps),
            .integers(1...1_000_000)
        )
    }
}

extension BuiltInGame {
    /// The given options with every other one at its default.
    static func resolve(
        _ options: EnvironmentOptions
    ) throws(EnvironmentError) -> ResolvedOptions {
        try ResolvedOptions(options, for: specification.id, from: specification.options)
    }
}
