import Environments
import Foundation
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct CatalogTests {
    private let catalog = EnvironmentCatalog(python: nil)

    private func error(
        making id: String,
        _ options: EnvironmentOptions = [:]
    ) -> EnvironmentError? {
        #expect(throws: EnvironmentError.self) {
            _ = try catalog.make(id, options: options, generator: RandomGenerator(seed: 1))
        }
    }

    @Test("the built-in environments are always there, with their shapes and actions")
    func builtIn() throws {
        let entries = catalog.entries.prefix(BuiltInTests.ids.count)
        #expect(entries.map(\.specification.id) == BuiltInTests.ids)
        #expect(entries.allSatisfy { $0.unavailableReason == nil })
        #expect(
            entries.map(\.specification.observation.shape) == [
                [4, 84, 84], [4], [4], [16], [6], [2], [4, 10, 10], [6, 10, 10], [7, 10, 10],
                [4, 10, 10], [10, 10, 10],
            ]
        )
        #expect(
            entries.map(\.specification.observation.stateByteCount)
                == [28_224, 16, 16, 64, 24, 8, 400, 600, 700, 400, 1_000]
        )
        #expect(
            entries.map(\.specification.actionNames.count) == [3, 2, 2, 4, 3, 3, 3, 4, 3, 5, 6]
        )
        for entry in entries {
            let made = try catalog.make(
                entry.specification.id,
                generator: RandomGenerator(seed: 1)
            )
            #expect(made.specification == entry.specification)
        }
    }

    @Test("without Python every Atari game is listed with the command that mends it")
    func withoutPython() {
        let games = catalog.entries.filter(\.isAtari)
        #expect(games.count == 104)
        #expect(
            games.allSatisfy { $0.unavailableReason?.contains("make python-environment") == true }
        )
        let breakout = games.first { $0.specification.id == "atari/breakout" }
        #expect(breakout?.specification.actionNames == ["NOOP", "FIRE", "RIGHT", "LEFT"])
        #expect(breakout?.specification.observation == .pixels)
        guard case .unavailable("atari/pong", let reason) = error(making: "atari/pong") else {
            Issue.record("atari/pong can be made without Python")
            return
        }
        #expect(reason.contains("no Python interpreter is given"))
    }

    @Test("a Python that is not there, has no ale-py or prints rubbish makes the games unavailable")
    func brokenPython() {
        let scripts = [
            "exit 1", "echo nonsense", "printf nonsense >&3; exec sleep 600", "exec sleep 600",
        ]
        var reasons = [EnvironmentCatalog(python: "/nonexistent/python")]
        reasons += scripts.map { script in
            EnvironmentCatalog(
                arcade: WorkerProgram(
                    executable: "/bin/sh",
                    arguments: ["-s", "--"],
                    script: Array(script.utf8),
                    startSeconds: 0.3,
                    answerSeconds: 0.3
                )
            )
        }
        for catalog in reasons {
            let reason = catalog.entries.last(where: \.isAtari)?.unavailableReason ?? ""
            #expect(reason.hasPrefix("the worker process ") && reason.contains("make python"))
        }
    }

    @Test("only the games whose ROMs the emulator has are available")
    func someGames() {
        // "DQN1", 28 bytes of zeros, a length of 13, and the names.
        let head = "printf 'DQN1'; head -c 28 /dev/zero; printf '\\015\\000\\000\\000'"
        let catalog = EnvironmentCatalog(
            arcade: WorkerProgram(
                executable: "/bin/sh",
                arguments: ["-s", "--"],
                script: Array("{ \(head); printf 'pong breakout'; } >&3".utf8),
                startSeconds: 10,
                answerSeconds: 10
            )
        )
        let available = catalog.entries.filter { $0.isAtari && $0.unavailableReason == nil }
        #expect(
            available.map(\.specification.id) == ["atari/breakout", "atari/pong"]
        )
    }

    @Test(
        "an unknown name is answered with the nearest there is",
        arguments: [
            ("atari/brakout", "atari/breakout"), ("atari/space-invaders", "atari/space_invaders"),
            ("frozenlake", "frozen-lake"), ("cacth", "catch"), ("CartPole", "cartpole"),
        ]
    )
    func nearest(id: String, expected: String) {
        #expect(error(making: id) == .unknownEnvironment(id, nearest: expected))
        #expect(
            error(making: id)?.description
                == "unknown environment \"\(id)\"; did you mean \"\(expected)\"?"
        )
    }

    @Test("a name like no other gets no suggestion")
    func noSuggestion() {
        for id in ["", "mujoco/humanoid", String(repeating: "x", count: 100_000)] {
            #expect(error(making: id) == .unknownEnvironment(id, nearest: nil))
        }
    }

    @Test("all that is wrong with the options is said at once")
    func optionFaults() {
        let error = error(
            making: "atari/breakout",
            [
                "frame_skp": 4, "no_op_max": -1, "sticky_action_probability": 1.5,
                "full_action_set": "yes", "colour": true,
            ]
        )
        #expect(
            error?.description == """
                options of atari/breakout: \
                "no_op_max" must be a whole number in 0...255, got -1; \
                "full_action_set" must be true or false, got "yes"; \
                "sticky_action_probability" must be a number in 0.0...1.0, got 1.5; \
                "colour" is not an option of it; \
                "frame_skp" is not an option of it; did you mean "frame_skip"?
                """
        )
        #expect(
            self.error(making: "frozen-lake", ["map": "5x5"])?.description
                == "options of frozen-lake: \"map\" must be one of \"4x4\", \"8x8\", got \"5x5\""
        )
        #expect(
            self.error(making: "catch", ["rows": 3])
                == .invalidOptions(
                    "catch",
                    [OptionFault(option: "rows", message: "is not an option of it")]
                )
        )
    }

    @Test("what is not given is at its default, and whole numbers pass for numbers")
    func defaults() throws {
        let options = try AtariOptions(
            ["sticky_action_probability": 0, "frame_skip": 2],
            for: "atari/pong"
        )
        var expected = AtariOptions()
        expected.frameSkip = 2
        #expect(options == expected)
    }

    /// One environment that no other file knows.
    private struct OtherEnvironments: EnvironmentProvider {
        var isAvailable = true

        var entries: [EnvironmentCatalog.Entry] {
            [
                EnvironmentCatalog.Entry(
                    EnvironmentSpecification(
                        id: "other/one",
                        summary: "For a test.",
                        observation: .pixels,
                        actionNames: ["STAY"]
                    ),
                    unavailableReason: isAvailable ? nil : "it sleeps"
                )
            ]
        }

        func specification(
            of id: String,
            options: EnvironmentOptions
        ) throws(EnvironmentError) -> EnvironmentSpecification {
            guard options.isEmpty else {
                throw .invalidOptions(id, [OptionFault(option: "any", message: "is not one")])
            }
            return entries[0].specification
        }

        func make(
            _ id: String,
            options: EnvironmentOptions,
            generator: RandomGenerator,
            interruption: WorkerInterruption?
        ) throws(EnvironmentError) -> any Environment {
            Routes()
        }
    }

    @Test("the environments of one more provider are listed, described and made like all others")
    func oneMoreProvider() throws {
        let generator = RandomGenerator(seed: 1)
        let catalog = EnvironmentCatalog([OtherEnvironments()])
        #expect(catalog.entries.map(\.specification.id) == ["other/one"])
        #expect(try catalog.specification(of: "other/one").actionNames == ["STAY"])
        #expect(try catalog.make("other/one", generator: generator) is Routes)
        #expect(catalog.workerByteCount(of: "other/one") == 0)
        let asleep = EnvironmentCatalog([OtherEnvironments(isAvailable: false)])
        #expect(throws: EnvironmentError.unavailable("other/one", reason: "it sleeps")) {
            _ = try asleep.make("other/one", generator: generator)
        }
        let fault = OptionFault(option: "any", message: "is not one")
        #expect(throws: EnvironmentError.invalidOptions("other/one", [fault])) {
            _ = try asleep.make("other/one", options: ["any": 1], generator: generator)
        }
    }

    @Test("the specification follows the options, and needs no Python")
    func specifications() throws {
        let large = try catalog.specification(of: "frozen-lake", options: ["map": "8x8"])
        #expect(large.observation.stateCount == 64)
        let full = try catalog.specification(of: "atari/pong", options: ["full_action_set": true])
        #expect(full.actionNames.count == 18)
        #expect(try catalog.specification(of: "atari/pong").actionNames.count == 6)
        #expect(throws: EnvironmentError.self) {
            _ = try catalog.specification(of: "atari/pong", options: ["frame_skip": 0])
        }
    }

    @Test("options are read from JSON as they were meant, and written back")
    func optionJSON() throws {
        let text = """
            {"frame_skip":4,"full_action_set":true,"map":"4x4","sticky_action_probability":0.25}
            """
        let options = try JSONDecoder().decode(EnvironmentOptions.self, from: Data(text.utf8))
        #expect(
            options == [
                "frame_skip": 4, "full_action_set": true, "map": "4x4",
                "sticky_action_probability": 0.25,
            ]
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(options), as: UTF8.self) == text)
        #expect(throws: DecodingError.self) {
            _ = try JSONDecoder().decode(
                EnvironmentOptions.self,
                from: Data(#"{"frame_skip":[null]}"#.utf8)
            )
        }
    }

    @Test("observations say their sizes")
    func observations() {
        let pixels = ObservationSpec.pixels
        #expect(pixels.frameByteCount == 7056 && pixels.stateByteCount == 28_224)
        #expect(pixels.shape == [4, 84, 84] && pixels.scalar == .uint8)
        let grid = ObservationSpec(frameShape: [10, 10, 4], scalar: .uint8, stack: 1)
        #expect(grid.shape == [10, 10, 4] && grid.frameByteCount == 400)
        let numbers = ObservationSpec(frameShape: [4], scalar: .float32, stack: 1)
        #expect(numbers.shape == [4] && numbers.frameByteCount == 16)
    }
}

extension EnvironmentCatalog.Entry {
    fileprivate var isAtari: Bool { specification.id.hasPrefix("atari/") }
}
