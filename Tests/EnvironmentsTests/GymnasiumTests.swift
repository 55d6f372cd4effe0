import Environments
import Foundation
import Frames
import RandomNumbers
import Testing

/// What needs no Gymnasium; where a worker answers, it is a shell script.
@Suite(.timeLimit(.minutes(5))) struct GymnasiumTests {
    private static let answers: EnvironmentOptions = [
        "observation": ["shape": [2], "scalar": "float32"], "actions": ["A", "B"], "stack": 1,
    ]

    /// A worker that has what it is said to have, makes what `description` says, and then does what
    /// the script says.
    private func catalog(
        modules: String = #"["gymnasium"]"#,
        description: String = #"{"shape":[2],"scalar":"float32","stack":1,"actions":2}"#,
        then script: String = ""
    ) -> EnvironmentCatalog {
        let installed = #"{"version":"1.4.0","modules":\#(modules)}"#
        let script = """
            if [ "$1" = --installed ]; then
            \(answer(Array(installed.utf8)))
            exit 0; fi
            \(answer(Array(description.utf8)))
            \(script)
            exec sleep 600
            """
        return EnvironmentCatalog(
            gymnasium: WorkerProgram(
                executable: "/bin/sh",
                arguments: ["-s", "--"],
                script: Array(script.utf8),
                startSeconds: 60,
                answerSeconds: 60
            )
        )
    }

    /// The shell command that answers.
    private func answer(
        magic: String = "DQN1",
        failed: UInt32 = 0,
        reward: Double = 0,
        ended: UInt32 = 0,
        length: UInt32? = nil,
        _ content: [UInt8]
    ) -> String {
        func bytes(_ number: UInt32) -> [UInt8] {
            [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        let bits = reward.bitPattern
        let head =
            Array(magic.utf8) + bytes(failed) + bytes(UInt32(truncatingIfNeeded: bits))
            + bytes(UInt32(bits >> 32)) + bytes(ended) + bytes(length ?? UInt32(content.count))
        let octal = (head + content).map { byte in
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "printf '\(octal.joined())' >&3\n"
    }

    private func numbers(_ numbers: [Float]) -> [UInt8] {
        numbers.flatMap { number in
            [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number.bitPattern >> $0) }
        }
    }

    private func make(
        _ catalog: EnvironmentCatalog,
        _ options: EnvironmentOptions = Self.answers
    ) throws -> any Environment {
        try catalog.make(
            "gymnasium/CartPole-v1",
            options: options,
            generator: RandomGenerator(seed: 1)
        )
    }

    @Test("without Python, or where it has no Gymnasium, the command that mends it is said")
    func unavailable() {
        let reasons = EnvironmentCatalog(gymnasium: nil).entries.map(\.unavailableReason)
        #expect(reasons.count == 9)
        #expect(
            Set(reasons) == [
                "the worker process cannot be started: no Python interpreter is given; \"make "
                    + "python-environment\" installs it in .python"
            ]
        )
        let missing = EnvironmentCatalog(gymnasium: .gymnasium(python: "/nonexistent/python"))
        #expect(
            missing.entries[0].unavailableReason?
                .hasSuffix("or \"/nonexistent/python -m pip install gymnasium\"") == true
        )
        #expect(throws: EnvironmentError.self) {
            _ = try missing.complete([:], of: "gymnasium/Any-v0")
        }
        // A stored job's row is read where nothing runs.
        #expect(throws: Never.self) {
            _ = try missing.specification(of: "gymnasium/Any-v0", options: Self.answers)
        }
    }

    @Test("what needs a package that is missing says which command installs it")
    func missingPackages() {
        let entries = catalog(modules: #"["gymnasium","minatar"]"#).entries
        let reasons = entries.map(\.unavailableReason)
        #expect(reasons[0] == nil && reasons[8] == nil)
        #expect(
            reasons[3]
                == "Box2D is not installed; \"make python-environment\" installs it in .python, or "
                + "\"/bin/sh -m pip install 'gymnasium[box2d]'\""
        )
    }

    @Test("the answers of the worker are what is played")
    func plays() throws {
        let script =
            answer(numbers([1, 2]))
            + answer(reward: 0.5, numbers([3, 4])) + answer(ended: 2, numbers([5, 6]))
            + answer(numbers([7, 8])) + answer(reward: -1, ended: 3, numbers([9, 10]))
        var game = try make(catalog(then: script))
        #expect(
            try game.begin()
                == Played(frame: numbers([1, 2]), step: TimeStep(environmentFrames: 0))
        )
        #expect(
            try game.play(0) == Played(frame: numbers([3, 4]), step: TimeStep(reward: 0.5))
        )
        #expect(try game.play(1).step == TimeStep(episodeEnd: .truncated))
        #expect(try game.begin().frame == numbers([7, 8]))
        // Where both happen at once, the end counts.
        #expect(
            try game.play(1).step == TimeStep(reward: -1, discount: 0, episodeEnd: .terminated)
        )
    }

    @Test("a worker that answers what its protocol does not know is ended")
    func rubbish() throws {
        for script in [
            answer(magic: "DQN2", numbers([1, 2])), answer(failed: 2, numbers([1, 2])),
            answer(ended: 4, numbers([1, 2])), answer(length: .max, []), answer(numbers([1])),
            answer(numbers([1, 2, 3])), "exec yes >&3",
        ] {
            var game = try make(catalog(then: script))
            let error = #expect(throws: EnvironmentError.self) { _ = try game.begin() }
            guard case .workerUnintelligible = error else {
                Issue.record("\(script): \(String(describing: error))")
                continue
            }
            // It stays ended.
            #expect(throws: try #require(error)) { _ = try game.begin() }
        }
        for description in ["", "[]", #"{"shape":[2],"scalar":"int8","stack":1,"actions":2}"#] {
            let error = #expect(throws: EnvironmentError.self) {
                _ = try make(catalog(description: description))
            }
            guard case .workerUnintelligible = error else {
                Issue.record("\(description): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("a worker that fails to play goes on, and its sentence is said")
    func failures() throws {
        let script = answer(failed: 1, Array("reset raised X: y".utf8)) + answer(numbers([1, 2]))
        var game = try make(catalog(then: script))
        #expect(
            throws: EnvironmentError.environmentFailed(
                "gymnasium/CartPole-v1",
                reason: "reset raised X: y"
            )
        ) { _ = try game.begin() }
        #expect(try game.begin().frame == numbers([1, 2]))
    }

    @Test("a worker that ends in the middle of a game is an error")
    func ends() throws {
        // It may have ended before it is asked for anything.
        #expect(throws: EnvironmentError.workerExited(status: 5, output: "no more")) {
            var game = try make(
                catalog(then: answer(numbers([1, 2])) + "echo 'no more' >&2; exit 5")
            )
            _ = try game.begin()
            _ = try game.play(0)
        }
    }

    @Test("numbers that are not finite are refused, with where they stand")
    func notFinite() throws {
        let number = answer(numbers([1, 2]))
        for (script, expected) in [
            (answer(numbers([1, .nan])), "reset returned an observation with nan at index 1"),
            (
                number + answer(numbers([-.infinity, 0])),
                "step returned an observation with -inf at index 0"
            ),
            (
                number + answer(reward: .infinity, numbers([0, 0])),
                "step returned the reward inf, expected a finite number"
            ),
        ] {
            var game = try make(catalog(then: script))
            let error = #expect(throws: EnvironmentError.self) {
                _ = try game.begin()
                _ = try game.play(0)
            }
            #expect("\(try #require(error))".contains(expected))
        }
    }

    @Test("its pictures are shown where they are pictures")
    func pictures() throws {
        let size: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0]
        let script =
            answer(numbers([1, 2])) + answer(size + [1, 2, 3, 4, 5, 6]) + answer([])
            + answer(size + [1, 2, 3]) + answer(size) + answer(failed: 1, Array("no".utf8))
        var game = try make(catalog(then: script))
        #expect(game.rendered() == nil)
        _ = try game.begin()
        let picture = try #require(game.rendered())
        #expect(picture.height == 1 && picture.width == 2 && picture.channels == 3)
        #expect(picture.bytes == [1, 2, 3, 4, 5, 6])
        for _ in 0..<4 { #expect(game.rendered() == nil) }
    }

    @Test("options that it has not, or that are of another kind, are refused")
    func options() {
        let catalog = EnvironmentCatalog(gymnasium: nil)
        for (options, expected) in [
            (["kwargs": true], "\"kwargs\" must be an object, such as {\"continuous\":false}"),
            (["max_episode_steps": 0], "\"max_episode_steps\" must be a whole number in 1..."),
            (["preprocessing": "gray"], "\"preprocessing\" must be one of \"none\", \"atari\""),
            (["kwarg": [:]], "did you mean \"kwargs\"?"),
            (["render_mode": "human"], "\"render_mode\" is not an option of it"),
        ] as [(EnvironmentOptions, String)] {
            let error = #expect(throws: EnvironmentError.self) {
                _ = try catalog.complete(options, of: "gymnasium/CartPole-v1")
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains(expected))
        }
    }
}
