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
}

/// Real environments in real worker processes.
@Suite(
    .enabled(if: GymnasiumPython.isAvailable, "\(GymnasiumPython.unavailableReason ?? "")"),
    .timeLimit(.minutes(5))
)
struct GymnasiumWorkerTests {
    private let catalog = GymnasiumPython.catalog

    private func make(
        _ id: String,
        _ options: EnvironmentOptions = [:],
        seed: UInt64 = 1
    ) throws(EnvironmentError) -> any Environment {
        try catalog.make(id, options: options, generator: RandomGenerator(seed: seed))
    }

    /// What is said when an environment is made, or where it is, when it is played.
    private func complaint(_ id: String, _ options: EnvironmentOptions = [:]) -> String? {
        do {
            var made = try make(id, options)
            _ = try made.begin()
            for _ in 0..<3 { _ = try made.play(0) }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func floats(_ frame: [UInt8]) -> [Float] {
        stride(from: 0, to: frame.count, by: 4).map { start in
            Float(
                bitPattern: (0..<4).reduce(0) { $0 | UInt32(frame[start + $1]) << UInt32(8 * $1) }
            )
        }
    }

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
        var game = try make(
            "gymnasium/worlds:seeded_cartpole",
            ["kwargs": ["seed": .integer(seed)]]
        )
        _ = try game.begin()
        for (index, action) in episode.actions.enumerated() {
            let played = try game.play(action)
            #expect(
                floats(played.frame).map(\.bitPattern) == episode.observation_bits[index]
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
        var game = try make("gymnasium/worlds:Corridor")
        #expect(game.specification.actionNames == ["0", "1", "2"])
        _ = try game.begin()
        #expect(floats(try game.play(0).frame) == [1, 5, 1])
        #expect(floats(try game.play(2).frame) == [2, 7, 1])
    }

    @Test("the last observation of an episode is its own, and the next begins with a reset")
    func episodes() throws {
        var game = try make("gymnasium/worlds:Corridor", ["kwargs": ["length": 2]])
        #expect(floats(try game.begin().frame) == [0, 0, 1])
        #expect(try game.play(0).step == TimeStep(reward: 0.5))
        let last = try game.play(1)
        #expect(floats(last.frame) == [2, 6, 1])
        #expect(last.step == TimeStep(reward: 1, discount: 0, episodeEnd: .terminated))
        #expect(floats(try game.begin().frame) == [0, 0, 2])
    }

    @Test("a registration's time limit, or the job's, cuts an episode without ending its future")
    func timeLimits() throws {
        for (id, options, limit) in [
            ("gymnasium/worlds:Corridor-v0", [:], 7),
            ("gymnasium/worlds:Corridor-v0", ["max_episode_steps": 3], 3),
            ("gymnasium/worlds:Corridor", ["max_episode_steps": 5], 5),
        ] as [(String, EnvironmentOptions, Int)] {
            var game = try make(id, options.merging(["kwargs": ["length": 100]]) { $1 })
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
            var game = try make("gymnasium/worlds:Noise", seed: seed)
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
        var one = try make("gymnasium/worlds:Corridor")
        var other = try make("gymnasium/worlds:Corridor")
        _ = try one.begin()
        _ = try other.begin()
        try one.announce(1)
        try other.announce(2)
        #expect(one.rendered() == nil)
        #expect(floats(try one.play(1).frame) == [1, 6, 1])
        #expect(floats(try other.play(2).frame) == [1, 7, 1])
        try one.announce(0)
        #expect(floats(try one.begin().frame) == [0, 0, 2])
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
        var game = try make("gymnasium/worlds:Pictures", ["kwargs": ["kind": .text(kind)]])
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
        var game = try make("gymnasium/worlds:Pictures", ["kwargs": ["kind": .text(kind)]])
        #expect(
            game.specification.observation
                == ObservationSpec(frameShape: shape, scalar: .float32, stack: 1)
        )
        #expect(floats(try game.begin().frame) == expected)
    }

    @Test("screens are shrunk as Atari's, gray ones too")
    func screens() throws {
        func frame(_ kind: String) throws -> (ObservationSpec, [UInt8]) {
            var game = try make(
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

    @Test("what an environment does wrong in a step is said, with what would be right")
    func wrongSteps() throws {
        let id = "gymnasium/worlds:Faulty"
        var game = try make(id)
        let names = game.specification.actionNames
        _ = try game.begin()
        for (name, expected) in [
            (
                "shape",
                "step returned an observation of shape (4,), expected (3,), as its observation "
                    + "space says"
            ),
            (
                "words",
                "step returned an observation of <U1, expected float32, as its observation space "
                    + "says"
            ),
            ("nothing", "step returned an observation of shape (), expected (3,)"),
            (
                "a dictionary",
                "step returned the observation {'a': 1} (dict), expected an array of float32 of "
                    + "shape (3,), as its observation space says"
            ),
            ("ragged", "step returned the observation [[1], [1, 2]] (list), expected an array"),
            ("nan", "step returned an observation with nan at index 1, row-major; expected finite"),
            ("too large", "step returned an observation with inf at index 2"),
            ("reward", "step returned the reward None (NoneType), expected a number"),
            ("nan reward", "step returned the reward nan, expected a finite number"),
            ("terminated", "step returned 'no' (str) as terminated, expected True or False"),
            (
                "four values",
                "step returned 4 values, expected five: observation, reward, terminated, truncated "
                    + "and a dictionary"
            ),
            ("one value", "(ndarray), expected five: observation, reward"),
            ("raises", "step raised KeyError: 'no such thing'; at worlds.py:"),
            ("raises", "in deep: raise KeyError(\"no such thing\"); at worlds.py:"),
            ("exits", "step called sys.exit(3); at worlds.py:"),
        ] {
            let action = try #require(names.firstIndex(of: name))
            let error = #expect(throws: EnvironmentError.self) { _ = try game.play(action) }
            guard case .environmentFailed(id, let reason) = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
            #expect(reason.contains(expected), "\(reason)")
        }
        // It is well after each of them, and takes what is close enough to its space.
        let played = try game.play(try #require(names.firstIndex(of: "double")))
        #expect(floats(played.frame) == [1, 2, 3])
    }

    @Test("bytes and states out of their spaces are said")
    func wrongValues() {
        #expect(
            complaint("gymnasium/worlds:Bytes", ["kwargs": ["values": [0, 256]]])
                == "gymnasium/worlds:Bytes: step returned an observation with numbers 0 to 256, "
                + "expected 0 to 255, as its observation space says"
        )
        #expect(
            complaint("gymnasium/worlds:Bytes", ["kwargs": ["values": [0.5, 1.5]]])?
                .contains("an observation of float64, expected uint8") == true
        )
        #expect(
            complaint("gymnasium/worlds:States", ["kwargs": ["state": 3]])
                == "gymnasium/worlds:States: step returned the observation 3 (int), which is not in "
                + "its observation space Discrete(3)"
        )
        #expect(
            complaint("gymnasium/worlds:States", ["kwargs": ["state": "left"]])?
                .contains("the observation 'left' (str), expected a whole number") == true
        )
    }

    @Test("a reset that fails, or returns something else, is said")
    func wrongResets() {
        for (kind, expected) in [
            ("raises", "reset raised KeyError: 'no such thing'; at worlds.py:"),
            ("one value", "(ndarray), expected two values: the observation and a dictionary"),
        ] {
            let fault = complaint(
                "gymnasium/worlds:Faulty",
                ["kwargs": ["at_reset": .text(kind)]]
            )
            #expect(fault?.contains(expected) == true, "\(fault ?? "")")
        }
    }

    @Test("one whose process ends is told by its status, one that hangs by the time it was given")
    func endsAndHangs() throws {
        for (name, seconds, expected) in [
            ("ends", 30, .workerExited(status: 4, output: "")),
            ("hangs", 0.5, .workerSilent(seconds: 0.5, output: "")),
        ] as [(String, Double, EnvironmentError)] {
            let catalog = EnvironmentCatalog(
                gymnasium: .gymnasium(python: Arcade.python, answerSeconds: seconds),
                entryPoints: GymnasiumPython.folder
            )
            var game = try catalog.make(
                "gymnasium/worlds:Faulty",
                generator: RandomGenerator(seed: 1)
            )
            let action = try #require(game.specification.actionNames.firstIndex(of: name))
            let error = #expect(throws: EnvironmentError.self) {
                _ = try game.begin()
                _ = try game.play(action)
            }
            #expect(error == expected)
        }
    }

    @Test("what it prints does no harm, however much it is, and its last words are kept")
    func prints() throws {
        var game = try make("gymnasium/worlds:Talker", ["kwargs": ["length": 10_000]])
        _ = try game.begin()
        for step in 1...600 { #expect(floats(try game.play(0).frame)[0] == Float(step)) }
        let error = #expect(throws: EnvironmentError.self) { _ = try game.play(0) }
        guard case .workerExited(status: 9, let output) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(output.hasSuffix("from a shell 599"))
        #expect(output.contains("word 598") || output.contains("word  598"))
    }

    @Test(
        "spaces that cannot be learned in are said when the job is made",
        arguments: [
            (
                ["kind": "nested"],
                "its observation space is Dict('a': Discrete(2)), expected Box or"
            ),
            (
                ["kind": "four axes"],
                "its observations have shape (1, 2, 3, 4), expected at most 3 axes"
            ),
            (["kind": "empty"], "its observations have shape (0,), expected 1 to 4194304 numbers"),
            (["actions": "one"], "its action space is Discrete(1), expected 2 to 1024 actions"),
            (
                ["actions": "continuous"],
                "its action space is Box(-1.0, 1.0, (1,), float32), expected Discrete: deep "
                    + "Q-learning chooses among a number of actions"
            ),
        ] as [([String: OptionValue], String)]
    )
    func spaces(keywords: [String: OptionValue], expected: String) throws {
        let error = #expect(throws: EnvironmentError.self) {
            _ = try catalog.complete(
                ["kwargs": .object(keywords)],
                of: "gymnasium/worlds:Pictures"
            )
        }
        #expect("\(try #require(error))".contains(expected), "\(String(describing: error))")
    }

    @Test("what only screens can be is refused for what is none")
    func noScreen() {
        #expect(
            complaint("gymnasium/CartPole-v1", ["preprocessing": "atari"])?
                .contains("shape (4,) and are float32, so the option preprocessing cannot be")
                == true
        )
    }

    @Test(
        "an id that is not there is answered with the nearest, a package with the command",
        arguments: [
            ("gymnasium/CartPole-v9", "; did you mean gymnasium/CartPole-v1?"),
            ("gymnasium/cartpole-v1", "; did you mean gymnasium/CartPole-v1?"),
            ("gymnasium/mountaincar", "; did you mean gymnasium/MountainCar-v0?"),
            ("gymnasium/x", "no environment x is registered in /"),
            ("gymnasium/LunarLander-v2", "use `LunarLander-v3` instead"),
            ("gymnasium/worlds:Corridr", "its environments are Corridor, Noise, Talker, Pictures"),
            ("gymnasium/worlds:system", "has no class or function system of its own"),
            ("gymnasium/worlds:numpy", "has no class or function numpy of its own"),
            ("gymnasium/os:system", "has no module os; it has json, lacking, worlds"),
            ("gymnasium/../worlds:Corridor", "has no module ../worlds"),
            ("gymnasium/:Corridor", "has no module ;"),
            ("gymnasium/json:loads", "json is another module of this Python, /"),
            (
                "gymnasium/lacking:World",
                "lacking needs a package that is not installed: "
            ),
            ("gymnasium/lacking:World", "-m pip install a_package_that_is_not_there"),
            ("gymnasium/worlds:no_environment", "made a dict without observation_space"),
            (
                "gymnasium/worlds:fails_to_begin",
                "fails_to_begin() raised ValueError: no licence; at worlds.py:"
            ),
        ]
    )
    func unknown(id: String, expected: String) {
        let fault = complaint(id)
        #expect(fault?.contains(expected) == true, "\(fault ?? "")")
    }

    @Test("arguments that it does not take are said by the environment")
    func wrongArguments() {
        #expect(
            complaint("gymnasium/CartPole-v1", ["kwargs": ["gravity": 1]])?
                .contains("unexpected keyword argument 'gravity'") == true
        )
    }

    @Test("modules are imported only where the operator has named a folder")
    func noFolder() {
        let closed = EnvironmentCatalog(gymnasium: .gymnasium(python: Arcade.python))
        for id in ["gymnasium/worlds:Corridor", "gymnasium/os:system", "gymnasium/json:X-v0"] {
            #expect(
                throws: EnvironmentError.unavailable(
                    id,
                    reason: "modules are imported only where the server is started with "
                        + "--allow-entry-points FOLDER, and only from that folder"
                )
            ) { _ = try closed.complete([:], of: id) }
        }
    }

    @Test("what a job says of spaces must be what the environment says")
    func contradictions() throws {
        let id = "gymnasium/CartPole-v1"
        func fault(_ options: EnvironmentOptions) throws -> String {
            let error = #expect(throws: EnvironmentError.self) {
                _ = try catalog.complete(options, of: id)
            }
            return "\(try #require(error))"
        }
        #expect(
            try fault(["observation": ["shape": [5]]]).contains(
                "\"observation\" is {\"preprocessing\":\"none\",\"scalar\":\"float32\","
                    + "\"shape\":[4]}, as the environment says, got {\"shape\":[5]}"
            )
        )
        #expect(
            try fault(["actions": 3]).contains(
                "\"actions\" has 3 names, and the environment has 2 actions"
            )
        )
        let named = try catalog.complete(["actions": ["A", "B"], "stack": 2], of: id)
        let specification = try catalog.specification(of: id, options: named)
        #expect(specification.actionNames == ["A", "B"])
        #expect(specification.observation.shape == [2, 4])
        // Asked again, it has nothing to add.
        #expect(try catalog.complete(named, of: id) == named)
    }

    @Test("an environment that is not what it was when its job was made is not played")
    func changed() throws {
        var options = try catalog.complete([:], of: "gymnasium/CartPole-v1")
        options["observation"] = ["shape": [5]]
        #expect(
            complaint("gymnasium/CartPole-v1", options)?.contains("has 2 actions now, and its job")
                == true
        )
    }

    @Test("it says why it cannot be saved")
    func snapshots() throws {
        let game = try make("gymnasium/CartPole-v1")
        let error = #expect(throws: EnvironmentError.self) { _ = try game.snapshot() }
        #expect("\(try #require(error))".contains("its episode ends as a time-out"))
    }

    @Test("its picture is its own, and none where it has none")
    func pictures() throws {
        var game = try make("gymnasium/worlds:Corridor")
        #expect(game.rendered() == nil)
        _ = try game.begin()
        #expect(game.rendered() == nil)
        #expect(floats(try game.play(0).frame) == [1, 5, 1])
    }
}
