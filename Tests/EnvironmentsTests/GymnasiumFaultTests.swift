import Environments
import RandomNumbers
import Testing

/// What real environments in real worker processes do wrong, and what a person then reads.
@Suite(
    .enabled(if: GymnasiumPython.isAvailable, "\(GymnasiumPython.unavailableReason ?? "")"),
    .timeLimit(.minutes(5))
)
struct GymnasiumFaultTests {
    private let catalog = GymnasiumPython.catalog

    /// What is said when an environment is made, or where it is, when it is played.
    private func complaint(_ id: String, _ options: EnvironmentOptions = [:]) -> String? {
        do {
            var made = try GymnasiumPython.make(id, options)
            _ = try made.begin()
            for _ in 0..<3 { _ = try made.play(0) }
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("what an environment does wrong in a step is said, with what would be right")
    func wrongSteps() throws {
        let id = "gymnasium/worlds:Faulty"
        var game = try GymnasiumPython.make(id)
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
        #expect(singlePrecision(played.frame) == [1, 2, 3])
        // One that nobody waited for does not fail the next episode.
        try game.announce(try #require(names.firstIndex(of: "shape")))
        #expect(singlePrecision(try game.begin().frame) == [0, 0, 0])
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
        var game = try GymnasiumPython.make(
            "gymnasium/worlds:Talker",
            ["kwargs": ["length": 10_000]]
        )
        _ = try game.begin()
        for step in 1...600 { #expect(singlePrecision(try game.play(0).frame)[0] == Float(step)) }
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
}
