import Environments
import Foundation
import Frames
import RandomNumbers
import Testing

/// A Python with ale-py, for the tests that play real games.
enum Arcade {
    /// DQN_PYTHON, or the one that `make python-environment` installs.
    static let python: String = {
        let installed = Fixture.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: ".python/bin/python").path
        return ProcessInfo.processInfo.environment["DQN_PYTHON"] ?? installed
    }()

    static let catalog = EnvironmentCatalog(python: python)

    static let unavailableReason = catalog.entries
        .first { $0.specification.id == "atari/breakout" }?.unavailableReason

    static var isAvailable: Bool { unavailableReason == nil }
}

/// Real games in real worker processes.
@Suite(
    .enabled(if: Arcade.isAvailable, "\(Arcade.unavailableReason ?? "")"),
    .timeLimit(.minutes(5))
)
struct AtariWorkerTests {
    private func make(
        _ id: String,
        _ options: EnvironmentOptions = [:],
        seed: UInt64
    ) throws -> any Environment {
        try Arcade.catalog.make(id, options: options, generator: RandomGenerator(seed: seed))
    }

    @Test("every ROM of the emulator is in the catalog and available")
    func allGames() {
        let games = Arcade.catalog.entries.filter { $0.specification.id.hasPrefix("atari/") }
        #expect(games.count == 104)
        #expect(games.allSatisfy { $0.unavailableReason == nil })
    }

    struct Game: Decodable {
        let seed: Int32
        let steps: [Step]

        struct Step: Decodable {
            let action: Int
            let reward: Float
            let lives: Int
        }
    }

    @Test(
        "a game is played as the emulator plays it alone",
        arguments: [("breakout", 0), ("space_invaders", 1)]
    )
    func goldenGame(name: String, largestDifference: Int) throws {
        let game = try JSONDecoder().decode(Game.self, from: Fixture.data("Atari/\(name).json"))
        let file = [UInt8](try Fixture.data("Atari/\(name).png"))
        let sheet = try Frame(png: file.span)
        var options = AtariOptions()
        options.noOpMax = 0
        let environment = AtariEnvironment(
            id: "atari/\(name)",
            options: options,
            source: try AtariWorker(
                game: name,
                seed: game.seed,
                program: .arcade(python: Arcade.python)
            ),
            generator: RandomGenerator(seed: 1)
        )
        #expect(environment.specification.actionNames == Atari.minimalActionNames[name])
        var largest = 0
        func compare(_ frame: [UInt8], with index: Int) {
            let row = index / 10 * 84
            let column = index % 10 * 84
            let expected = sheet.cropped(rows: row..<row + 84, columns: column..<column + 84)
            for (mine, theirs) in zip(frame, expected.bytes) {
                largest = max(largest, abs(Int(mine) - Int(theirs)))
            }
        }
        var playing: any Environment = environment
        compare(try playing.begin().frame, with: 0)
        var lives = game.steps[0].lives
        for (index, step) in game.steps.enumerated() {
            let played = try playing.play(step.action)
            compare(played.frame, with: index + 1)
            #expect(
                played.step
                    == TimeStep(
                        reward: step.reward,
                        environmentFrames: 4,
                        livesLost: lives - step.lives
                    )
            )
            lives = step.lives
        }
        print("\(name): largest difference of an observation \(largest) gray levels")
        #expect(largest == largestDifference)
    }

    @Test("the same seed gives the same game to the bit, screens included; another seed another")
    func seeds() throws {
        let options: EnvironmentOptions = [
            "sticky_action_probability": 0.25, "terminal_on_life_loss": true,
        ]
        var one = try make("atari/breakout", options, seed: 3)
        var same = try make("atari/breakout", options, seed: 3)
        var other = try make("atari/breakout", options, seed: 4)
        let played = try one.playRandomly(400, seed: 1)
        #expect(try same.playRandomly(400, seed: 1) == played)
        #expect(one.rendered() == same.rendered())
        #expect(try other.playRandomly(400, seed: 1) != played)
        let steps = played.map(\.step)
        #expect(steps.contains { $0.livesLost == 1 && $0.discount == 0 && $0.episodeEnd == nil })
        #expect(steps.contains { $0.episodeEnd == .terminated })
        #expect(steps.map(\.reward).reduce(0, +) > 0)
    }

    @Test("games whose actions are announced before any is played are the same games")
    func announcing() throws {
        let options: EnvironmentOptions = ["sticky_action_probability": 0.25]
        let seeds = [3, 4] as [UInt64]
        var alone = try seeds.map { try make("atari/breakout", options, seed: $0) }
        var together = try seeds.map { try make("atari/breakout", options, seed: $0) }
        for game in 0..<2 { #expect(try together[game].begin() == alone[game].begin()) }
        var actions = RandomGenerator(seed: 1)
        for _ in 0..<200 {
            let chosen = [actions.integer(below: 4), actions.integer(below: 4)]
            for game in 0..<2 { try together[game].announce(chosen[game]) }
            for game in 0..<2 {
                let played = try together[game].play(chosen[game])
                #expect(try alone[game].play(chosen[game]) == played)
                if played.step.episodeEnd != nil {
                    #expect(try together[game].begin() == alone[game].begin())
                }
            }
        }
    }

    @Test("a worker killed while it plays what was announced is an error")
    func killedWhileAnnounced() throws {
        let worker = try AtariWorker(
            game: "pong",
            seed: 1,
            program: .arcade(python: Arcade.python)
        )
        _ = try worker.reset()
        kill(pid_t(worker.processIdentifier), SIGSTOP)
        try worker.begin([0, 0, 0, 0])
        kill(pid_t(worker.processIdentifier), SIGKILL)
        #expect(throws: EnvironmentError.workerKilled(signal: 9, output: "")) {
            _ = try worker.act([0, 0, 0, 0])
        }
        #expect(throws: EnvironmentError.self) { try worker.begin([0]) }
    }

    @Test("a restored snapshot goes on to the bit in another process, over episodes")
    func snapshots() throws {
        let options: EnvironmentOptions = ["sticky_action_probability": 0.25]
        var original = try make("atari/breakout", options, seed: 5)
        _ = try original.begin()
        for action in [1, 2, 2, 3, 0, 3, 2] {
            _ = try original.play(action)
        }
        let snapshot = try original.snapshot()
        let picture = original.rendered()
        let rest = try continueRandomly(&original, 300, seed: 2)
        #expect(rest.contains { $0.step.episodeEnd != nil })
        var restored = try make("atari/breakout", options, seed: 77)
        try restored.restore(snapshot)
        #expect(restored.rendered() == picture)
        #expect(try continueRandomly(&restored, 300, seed: 2) == rest)
        #expect(snapshot.count < 50_000)
    }

    @Test("the full action set has 18 actions, and screens of another height are shrunk as well")
    func otherGames() throws {
        var game = try make("atari/klax", ["full_action_set": true, "no_op_max": 0], seed: 1)
        #expect(game.specification.actionNames == Atari.actionNames)
        #expect(try game.begin().frame.count == 84 * 84)
        for action in 0..<18 {
            _ = try game.play(action)
        }
        #expect(game.rendered()?.height == 250)
        #expect(
            try make("atari/backgammon", seed: 1).specification.actionNames
                == Atari.minimalActionNames["backgammon"]
        )
    }

    @Test("a game that is not there is refused by the worker and hurts nothing")
    func unknownGame() {
        for game in ["no_such_game", "combat"] {
            #expect(throws: EnvironmentError.self) {
                _ = try AtariWorker(
                    game: game,
                    seed: 1,
                    program: .arcade(python: Arcade.python)
                )
            }
        }
    }

    @Test("a worker killed in the middle of a game is an error, and the next one plays")
    func killed() throws {
        let worker = try AtariWorker(
            game: "pong",
            seed: 1,
            program: .arcade(python: Arcade.python)
        )
        _ = try worker.reset()
        #expect(throws: EnvironmentError.self) { try worker.restore([1, 2, 3], newest: []) }
        _ = try worker.act([0, 0, 0, 0])
        kill(pid_t(worker.processIdentifier), SIGKILL)
        #expect(throws: EnvironmentError.workerKilled(signal: 9, output: "")) {
            _ = try worker.act([0, 0, 0, 0])
        }
        var next = try make("atari/pong", seed: 1)
        _ = try next.begin()
        _ = try next.play(0)
    }

    @Test("no worker outlives the server, not even one that is busy when the server is killed")
    func noOrphans() async throws {
        let result = await #expect(
            processExitsWith: .signal(SIGKILL),
            observing: [\.standardOutputContent]
        ) {
            let worker = try AtariWorker(
                game: "breakout",
                seed: 1,
                program: .arcade(python: Arcade.python)
            )
            _ = try worker.reset()
            let process = worker.processIdentifier
            print("worker:\(process):")
            fflush(nil)
            let before = try #require(cpuTicks(of: process))
            Thread.detachNewThread {
                // Until the worker is well into the long command below.
                while (cpuTicks(of: process) ?? .max) < before + 10 {}
                kill(getpid(), SIGKILL)
            }
            // Nothing is done, so no ball is lost; it would take a minute.
            _ = try worker.act([UInt8](repeating: 0, count: 1_000_000))
        }
        let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let words = output.split(separator: ":")
        let word = try #require(words.firstIndex(of: "worker"))
        let process = try #require(Int(words[word + 1]))
        let deadline = ContinuousClock.now + .seconds(10)
        while isAlive(process) && ContinuousClock.now < deadline {
            sched_yield()
        }
        #expect(!isAlive(process))
    }
}

/// What proc(5) says of a process, from its state on; nil where it is gone.
private func status(of process: Int) -> [Substring]? {
    let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return line?.split(separator: ")").last?.split(separator: " ")
}

/// The time that a process has computed, in hundredths of a second.
private func cpuTicks(of process: Int) -> Int? {
    status(of: process).flatMap { Int($0[11]) }
}

/// Whether a process is neither gone nor waiting for its parent to look.
private func isAlive(_ process: Int) -> Bool {
    status(of: process).map { $0[0] != "Z" && $0[0] != "X" } ?? false
}
