internal import Frames
internal import RandomNumbers

/// One of MinAtar's games with a generator for its chances.
///
/// A type for each, rather than `MinAtarGame` itself, so that the compiler makes code for each: through a
/// generic type that is hidden behind `any Environment`, a step takes twice as long.
protocol MinAtarEnvironment: BuiltInGame, Codable, Equatable {
    associatedtype Rules: MinAtarRules

    var game: MinAtarGame<Rules, RandomGenerator> { get set }

    init(game: MinAtarGame<Rules, RandomGenerator>)
}

extension MinAtarEnvironment {
    static var specification: EnvironmentSpecification { Rules.traits.specification }

    var specification: EnvironmentSpecification { game.specification }

    init(options: EnvironmentOptions, generator: RandomGenerator) throws(EnvironmentError) {
        self.init(game: try MinAtarGame(options: options, chances: generator))
    }

    mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        game.reset(into: &frame)
    }

    mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        game.step(action, into: &frame)
    }

    func rendered() -> Frame? {
        game.rendered()
    }
}

struct MinAtarBreakout: MinAtarEnvironment {
    var game: MinAtarGame<Breakout, RandomGenerator>
}

struct MinAtarSpaceInvaders: MinAtarEnvironment {
    var game: MinAtarGame<SpaceInvaders, RandomGenerator>
}

struct MinAtarFreeway: MinAtarEnvironment {
    var game: MinAtarGame<Freeway, RandomGenerator>
}

struct MinAtarAsterix: MinAtarEnvironment {
    var game: MinAtarGame<Asterix, RandomGenerator>
}

struct MinAtarSeaquest: MinAtarEnvironment {
    var game: MinAtarGame<Seaquest, RandomGenerator>
}
