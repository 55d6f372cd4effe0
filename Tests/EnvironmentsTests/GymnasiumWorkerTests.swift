import Environments
import Foundation
import RandomNumbers
import Testing

/// Gymnasium's environments, where the Python of the Atari tests has it.
enum GymnasiumPython {
    /// The folder of `worlds.py`.
    static let folder = Fixture.folder.appending(path: "Gymnasium").path

    static let catalog = EnvironmentCatalog(
        gymnasium: .gymnasium(python: Arcade.python),
        entryPoints: folder
    )

    static let unavailableReason = catalog.entries[0].unavailableReason

    static var isAvailable: Bool { unavailableReason == nil }

    static func make(
        _ id: String,
        _ options: EnvironmentOptions = [:],
        seed: UInt64 = 1
    ) throws(EnvironmentError) -> any Environment {
        try catalog.make(id, options: options, generator: RandomGenerator(seed: seed))
    }
}

/// The numbers of single precision that a frame shows.
func singlePrecision(_ frame: [UInt8]) -> [Float] {
    stride(from: 0, to: frame.count, by: 4).map { start in
        Float(
            bitPattern: (0..<4).reduce(0) { $0 | UInt32(frame[start + $1]) << UInt32(8 * $1) }
        )
    }
}

/// Real environments in real worker processes.
@Suite(
    .enabled(if: GymnasiumPython.isAvailable, "\(GymnasiumPython.unavailableReason ?? "")"),
    .timeLimit(.minutes(5))
)
struct GymnasiumWorkerTests {
    private let catalog = GymnasiumPython.catalog

    @Test(
        "CartPole-v1 is played to the last bit as Gymnasium plays it alone",
        arguments: [0, 6, 7]
    )
    func cartpole(seed: Int) throws {
        let episodes = try JSONDecoder().decode(
            [CartPoleTests.Episode].self,
            from: Fixture.data("Environments/cartpole.json")
        )
        let episode = episodes[seed]
        var game = try GymnasiumPython.make(
            "gymnasium/worlds:seeded_cartpole",
            ["kwargs": ["seed": .integer(seed)]]
        )
        _ = try game.begin()
        for (index, action) in episode.actions.enumerated() {
            let played = try game.play(action)
            #expect(
                singlePrecision(played.frame).map(\.bitPattern) == episode.observation_bits[index]
            )
            let isLast = index == episode.actions.count - 1
            let end: TimeStep.EpisodeEnd? =
                !isLast ? nil : episode.terminated ? .terminated : .truncated
            #expect(
                played.step
                    == TimeStep(reward: 1, discount: end == .terminated ? 0 : 1, episodeEnd: end)
            )
        }
    }

    @Test("what is listed is what the environments themselves say, where they are installed")
    func wellKnown() throws {
        for entry in catalog.entries where entry.unavailableReason == nil {
            let id = entry.specification.id
            let options = try catalog.complete([:], of: id)
            let completed = try catalog.specification(of: id, options: options)
            #expect(completed == entry.specification)
            #expect(try catalog.specification(of: id) == entry.specification)
        }
    }

    @Test("an action space that does not begin with 0 is counted from 0")
    func actionStart() throws {
        var game = try GymnasiumPython.make("gymnasium/worlds:Corridor")
        #expect(game.specification.actionNames == ["0", "1", "2"])
        _ = try game.begin()
        #expect(singlePrecision(try game.play(0).frame) == [1, 5, 1])
        #expect(singlePrecision(try game.play(2).frame) == [2, 7, 1])
    }

    @Test("the last observation of an episode is its own, and the next begins with a reset")
    func episodes() throws {
        var game = try GymnasiumPython.make("gymnasium/worlds:Corridor", ["kwargs": ["length": 2]])
        #expect(singlePrecision(try game.begin().frame) == [0, 0, 1])
        #expect(try game.play(0).step == TimeStep(reward: 0.5))
        let last = try game.play(1)
        #expect(singlePrecision(last.frame) == [2, 6, 1])
        #expect(last.step == TimeStep(reward: 1, discount: 0, episodeEnd: .terminated))
        #expect(singlePrecision(try game.begin().frame) == [0, 0, 2])
    }

    @Test("a registration's time limit, or the job's, cuts an episode without ending its future")
    func timeLimits() throws {
        for (id, options, limit) in [
            ("gymnasium/worlds:Corridor-v0", [:], 7),
            ("gymnasium/worlds:Corridor-v0", ["max_episode_steps": 3], 3),
            ("gymnasium/worlds:Corridor", ["max_episode_steps": 5], 5),
        ] as [(String, EnvironmentOptions, Int)] {
            var game = try GymnasiumPython.make(
                id,
                options.merging(["kwargs": ["length": 100]]) { $1 }
            )
            _ = try game.begin()
            for step in 1...limit {
                let played = try game.play(0).step
                #expect(played.episodeEnd == (step == limit ? .truncated : nil))
                #expect(played.discount == 1)
            }
        }
    }

    @Test("the same seed gives the same episodes, the second one too; another seed others")
    func seeds() throws {
        func played(_ seed: UInt64) throws -> [Played] {
            var game = try GymnasiumPython.make("gymnasium/worlds:Noise", seed: seed)
            return [
                try game.begin(), try game.play(0), try game.begin(), try game.play(0),
            ]
        }
        let one = try played(3)
        #expect(try played(3) == one)
        #expect(try played(4) != one)
        // The second episode goes on with the randomness of the first.
        #expect(one[0].frame != one[2].frame)
    }

    @Test("an action that was announced is played once, also beside other environments")
    func announced() throws {
        var one = try GymnasiumPython.make("gymnasium/worlds:Corridor")
        var other = try GymnasiumPython.make("gymnasium/worlds:Corridor")
        _ = try one.begin()
        _ = try other.begin()
        try one.announce(1)
        try other.announce(2)
        #expect(one.rendered() == nil)
        #expect(singlePrecision(try one.play(1).frame) == [1, 6, 1])
        #expect(singlePrecision(try other.play(2).frame) == [1, 7, 1])
        try one.announce(0)
        #expect(singlePrecision(try one.begin().frame) == [0, 0, 2])
    }

    @Test(
        "every kind of observation is shown as networks read it",
        arguments: [
            ("gray", [2, 3], 4, [0, 1, 2, 3, 4, 5]),
            ("gray, one channel", [2, 3], 4, [0, 1, 2, 3, 4, 5]),
            (
                "channels last", [3, 4, 5], 1,
                (0..<60).map { UInt8(($0 % 20) * 3 + $0 / 20) }
            ),
            ("channels first", [3, 4, 5], 1, (0..<60).map { UInt8($0) }),
            ("planes of truth", [2, 2, 2], 1, [255, 0, 0, 255, 0, 255, 0, 0]),
            ("planes of 0 and 1", [2, 2, 2], 1, [0, 0, 0, 0, 255, 255, 255, 255]),
            ("bytes", [3], 1, [0, 1, 2]),
        ] as [(String, [Int], Int, [UInt8])]
    )
    func bytes(kind: String, shape: [Int], stack: Int, expected: [UInt8]) throws {
        var game = try GymnasiumPython.make(
            "gymnasium/worlds:Pictures",
            ["kwargs": ["kind": .text(kind)]]
        )
        #expect(
            game.specification.observation
                == ObservationSpec(frameShape: shape, scalar: .uint8, stack: stack)
        )
        #expect(try game.begin().frame == expected)
        #expect(try game.play(1).frame == expected)
    }

    @Test(
        "numbers of every kind become single precision",
        arguments: [
            ("truths", [3], [1, 0, 1]), ("whole numbers", [3], [-1, 0, 1]),
            ("double", [3], [0.5, 1, -1.5]), ("matrix", [1, 2, 2], [0, 1, 2, 3]),
            ("tensor", [2, 2, 2], [0, 2, 4, 6, 1, 3, 5, 7]), ("states", [4], [0, 0, 0, 1]),
        ] as [(String, [Int], [Float])]
    )
    func numbers(kind: String, shape: [Int], expected: [Float]) throws {
        var game = try GymnasiumPython.make(
            "gymnasium/worlds:Pictures",
            ["kwargs": ["kind": .text(kind)]]
        )
        #expect(
            game.specification.observation
                == ObservationSpec(frameShape: shape, scalar: .float32, stack: 1)
        )
        #expect(singlePrecision(try game.begin().frame) == expected)
    }

    @Test("screens are shrunk as Atari's, gray ones too")
    func screens() throws {
        func frame(_ kind: String) throws -> (ObservationSpec, [UInt8]) {
            var game = try GymnasiumPython.make(
                "gymnasium/worlds:Pictures",
                ["kwargs": ["kind": .text(kind)], "preprocessing": "atari"]
            )
            return (game.specification.observation, try game.begin().frame)
        }
        let count = 210 * 160
        let colors = (0..<3 * count).map { UInt8(truncatingIfNeeded: $0) }
        let grays = (0..<count).flatMap { index in
            [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 3)
        }
        for (kind, screen) in [("screen", colors), ("gray screen", grays)] {
            var preprocessing = AtariPreprocessing(screenHeight: 210, screenWidth: 160)
            var expected = [UInt8](repeating: 0, count: 84 * 84)
            var span = expected.mutableSpan
            preprocessing.observe(screen.span, after: nil, into: &span)
            let (specification, frame) = try frame(kind)
            #expect(specification == .pixels)
            #expect(frame == expected)
        }
    }

    @Test("it says why it cannot be saved")
    func snapshots() throws {
        let game = try GymnasiumPython.make("gymnasium/CartPole-v1")
        let error = #expect(throws: EnvironmentError.self) { _ = try game.snapshot() }
        #expect("\(try #require(error))".hasSuffix("Gymnasium's environments cannot be saved"))
    }

    @Test("its picture is its own, and none where it has none")
    func pictures() throws {
        var game = try GymnasiumPython.make("gymnasium/worlds:Corridor")
        #expect(game.rendered() == nil)
        _ = try game.begin()
        #expect(game.rendered() == nil)
        #expect(singlePrecision(try game.play(0).frame) == [1, 5, 1])
    }
}
