import Environments
import Frames
import RandomNumbers
import Testing

/// Skipping, maximum, starts, lives and limits, over a source of screens without an emulator.
@Suite(.timeLimit(.minutes(5))) struct AtariEnvironmentTests {
    private typealias Game = AtariEnvironment<FakeScreens>

    private func game(
        _ screens: FakeScreens,
        seed: UInt64 = 1,
        _ change: (inout AtariOptions) -> Void = { _ in }
    ) -> Game {
        var options = AtariOptions()
        options.noOpMax = 0
        change(&options)
        return AtariEnvironment(
            id: "atari/fake",
            options: options,
            source: screens,
            generator: RandomGenerator(seed: seed)
        )
    }

    @Test("an action is held for 4 frames, and the maximum of the last two raw ones is seen")
    func skipAndMaximum() throws {
        let screens = FakeScreens()
        screens.rewardPerFrame = 3
        var game = game(screens)
        #expect(try game.begin().litFrames == [0])
        for step in 1...10 {
            let played = try game.play(2)
            #expect(played.litFrames == [4 * step - 1, 4 * step])
            // Rewards are raw and summed: clipping is the learner's.
            #expect(played.step == TimeStep(reward: 12, environmentFrames: 4))
        }
        #expect(
            screens.log
                == [.reset]
                + [FakeScreens.Command](repeating: .act("RIGHT", frames: 4), count: 10)
        )
    }

    @Test("with a skip of 1 every observation is of its own frame alone, with 2 of both")
    func shortSkips() throws {
        for skip in 1...2 {
            var game = game(FakeScreens()) { $0.frameSkip = skip }
            #expect(try game.begin().litFrames == [0])
            for step in 1...6 {
                #expect(
                    try game.play(0).litFrames == Array((skip * step - skip + 1)...(skip * step))
                )
            }
        }
    }

    @Test("a game that ends within the skip shows its own last frame, never a stale one")
    func endsWithinSkip() throws {
        for length in 5...8 {
            var game = game(FakeScreens(lengths: [length]))
            _ = try game.begin()
            _ = try game.play(0)
            let last = try game.play(0)
            #expect(last.litFrames == (length == 8 ? [7, 8] : [length]))
            #expect(last.step.environmentFrames == length - 4)
            #expect(last.step.episodeEnd == .terminated && last.step.discount == 0)
            #expect(try game.begin().litFrames == [0], "the next episode begins with its own frame")
        }
    }

    @Test("a time-out keeps its discount and delivers the true last frame")
    func timeLimit() throws {
        for limit in 9...12 {
            let screens = FakeScreens()
            var game = game(screens) { $0.timeLimitFrames = limit }
            _ = try game.begin()
            #expect(try game.play(0).step.episodeEnd == nil)
            #expect(try game.play(0).step.episodeEnd == nil)
            let last = try game.play(0)
            #expect(last.step.episodeEnd == .truncated && last.step.discount == 1)
            #expect(last.step.environmentFrames == limit - 8)
            #expect(last.litFrames == (limit == 9 ? [9] : [limit - 1, limit]))
        }
    }

    @Test("an end in the last frame of the limit is an end, not a time-out")
    func bothAtOnce() throws {
        var game = game(FakeScreens(lengths: [8])) { $0.timeLimitFrames = 8 }
        _ = try game.begin()
        _ = try game.play(0)
        let last = try game.play(0).step
        #expect(last.episodeEnd == .terminated && last.discount == 0)
    }

    @Test("starts are 1 to 30 frames without action, each length equally often")
    func noOpStarts() throws {
        let screens = FakeScreens()
        var game = game(screens) { $0.noOpMax = 30 }
        var counts = [Int](repeating: 0, count: 32)
        for _ in 0..<3000 {
            let played = try game.begin()
            let count = played.step.environmentFrames
            counts[count] += 1
            #expect(played.litFrames == (count == 1 ? [1] : [count - 1, count]))
            #expect(played.step.reward == 0 && played.step.discount == 1)
            #expect(screens.log.suffix(2) == [.reset, .act("NOOP", frames: count)])
        }
        #expect(counts[0] == 0 && counts[31] == 0)
        #expect(counts[1...30].allSatisfy { (50..<160).contains($0) })
    }

    @Test("the frames of the start count for the time limit")
    func startCountsForLimit() throws {
        var game = game(FakeScreens()) {
            $0.noOpMax = 30
            $0.timeLimitFrames = 40
        }
        for _ in 0..<50 {
            var frames = try game.begin().step.environmentFrames
            var end: TimeStep.EpisodeEnd?
            while end == nil {
                let step = try game.play(0).step
                frames += step.environmentFrames
                end = step.episodeEnd
            }
            #expect(frames == 40)
        }
    }

    @Test("a game that ends during its start is begun again, but not for ever")
    func endDuringStart() throws {
        let screens = FakeScreens(lengths: [1, 1, .max])
        var environment = game(screens, seed: 3) { $0.noOpMax = 30 }
        let played = try environment.begin()
        #expect(screens.log.filter { $0 == .reset }.count == 3)
        #expect(played.step.environmentFrames > 2)
        #expect(try environment.play(0).step.episodeEnd == nil)

        let hopeless = FakeScreens(lengths: [1])
        environment = game(hopeless) { $0.noOpMax = 30 }
        #expect(try environment.begin().litFrames == [0])
        #expect(hopeless.log.filter { $0 == .reset }.count == 10)
    }

    @Test("the fire button begins an episode only where that is asked for and there is one")
    func fire() throws {
        let screens = FakeScreens()
        var environment = game(screens) { $0.firesOnReset = true }
        #expect(try environment.begin().litFrames == [3, 4])
        #expect(screens.log == [.reset, .act("FIRE", frames: 4)])

        let without = FakeScreens(actionNames: ["NOOP", "UP"])
        environment = game(without) { $0.firesOnReset = true }
        #expect(try environment.begin().step.environmentFrames == 0)
        #expect(without.log == [.reset])
    }

    @Test("the fire button begins the life after a lost one within the step that lost it")
    func fireAfterLifeLoss() throws {
        // Lives 2 until frame 6, then 1; a reward of 1 a frame.
        let lives = (0...60).map { $0 < 6 ? 2 : 1 }
        let screens = FakeScreens(lives: lives)
        screens.rewardPerFrame = 1
        var environment = game(screens) {
            $0.firesOnLifeLoss = true
            $0.isTerminalOnLifeLoss = true
        }
        _ = try environment.begin()
        let steps = try (0..<3).map { _ in try environment.play(2).step }
        #expect(steps.map(\.livesLost) == [0, 1, 0])
        #expect(steps.map(\.discount) == [1, 0, 1])
        #expect(steps.map(\.environmentFrames) == [4, 8, 4])
        #expect(steps.map(\.reward) == [4, 8, 4])
        let name = environment.specification.actionNames[2]
        #expect(
            screens.log == [
                .reset, .act(name, frames: 4), .act(name, frames: 4), .act("FIRE", frames: 4),
                .act(name, frames: 4),
            ]
        )
    }

    @Test("actions are the emulator's by name, whichever the game has")
    func actionNames() throws {
        let screens = FakeScreens(actionNames: ["FIRE", "LEFT", "DOWNLEFTFIRE"])
        var environment = game(screens) { $0.noOpMax = 1 }
        _ = try environment.begin()
        for action in 0..<3 {
            _ = try environment.play(action)
        }
        #expect(
            screens.log == [
                .reset, .act("NOOP", frames: 1), .act("FIRE", frames: 4), .act("LEFT", frames: 4),
                .act("DOWNLEFTFIRE", frames: 4),
            ]
        )
        #expect(environment.specification.actionNames == ["FIRE", "LEFT", "DOWNLEFTFIRE"])
    }

    @Test("a sticky action repeats what was done in the frame before, as often as asked for")
    func stickyActions() throws {
        var frames: [String] = []
        for seed in 1...40 as ClosedRange<UInt64> {
            let screens = FakeScreens()
            var game = game(screens, seed: seed) { $0.stickyActionProbability = 0.25 }
            _ = try game.begin()
            var last = "NOOP"
            for action in (0..<100).map({ $0 % 2 + 2 }) {
                _ = try game.play(action)
                guard case .act(let done) = screens.log.last else { continue }
                let asked = screens.actionNames[action]
                // Until the new action comes through it is the last one, after that it stays.
                let late = done.prefix { $0 == last }.count
                #expect(done.dropFirst(late).allSatisfy { $0 == asked })
                frames += done.map { $0 == asked ? "asked" : "last" }
                last = done.last ?? last
            }
        }
        // The k-th frame after a change still has the old action with probability 0.25^k.
        let expected = (0.25 + 0.0625 + 0.015625 + 0.00390625) / 4
        let share = Double(frames.filter { $0 == "last" }.count) / Double(frames.count)
        #expect(abs(share - expected) < 0.006)

        let stuck = FakeScreens()
        var environment = game(stuck) { $0.stickyActionProbability = 1 }
        _ = try environment.begin()
        _ = try environment.play(3)
        #expect(stuck.log == [.reset, .act("NOOP", frames: 4)])
    }

    @Test("a lost life ends the future only where asked, and the same game goes on")
    func lostLives() throws {
        for isTerminal in [true, false] {
            // Lives 3 until frame 6, 2 until 13, 1 until 18, then the game is over.
            let lives =
                [Int](repeating: 3, count: 6) + [Int](repeating: 2, count: 7)
                + [Int](repeating: 1, count: 5) + [0]
            let screens = FakeScreens(lengths: [18], lives: lives)
            screens.rewardPerFrame = 1
            var game = game(screens) { $0.isTerminalOnLifeLoss = isTerminal }
            var played = [try game.begin()]
            while played[played.count - 1].step.episodeEnd == nil {
                played.append(try game.play(1))
            }
            let steps = played.map(\.step)
            #expect(steps.map(\.livesLost) == [0, 0, 1, 0, 1, 1])
            #expect(
                steps.map(\.discount) == (isTerminal ? [1, 1, 0, 1, 0, 0] : [1, 1, 1, 1, 1, 0])
            )
            #expect(steps.dropLast().allSatisfy { $0.episodeEnd == nil })
            #expect(steps.last?.episodeEnd == .terminated)
            #expect(steps.map(\.reward).reduce(0, +) == 18, "the return is of all lives")
            #expect(screens.log.filter { $0 == .reset }.count == 1, "no reset in between")
        }
    }

    @Test("no lives for a moment is no lost life; fewer after that moment are")
    func livesFlicker() throws {
        func lost(_ lives: [Int]) throws -> [Int] {
            // One more frame for the reset, four for each step.
            let perFrame = [lives[0]] + lives.flatMap { [Int](repeating: $0, count: 4) }
            var game = game(FakeScreens(lives: perFrame)) { $0.isTerminalOnLifeLoss = true }
            _ = try game.begin()
            return try lives.map { _ in
                let step = try game.play(0).step
                #expect((step.discount == 0) == (step.livesLost > 0))
                return step.livesLost
            }
        }
        #expect(try lost([3, 0, 0, 3, 3]) == [0, 0, 0, 0, 0])
        #expect(try lost([3, 0, 0, 2, 2]) == [0, 0, 0, 1, 0])
        #expect(try lost([3, 4, 4, 3, 0]) == [0, 0, 0, 1, 0])
        #expect(try lost([0, 0, 0, 0, 0]) == [0, 0, 0, 0, 0])
    }

    @Test("a restored snapshot goes on with the same starts, frames and lives")
    func snapshots() throws {
        let lives = [Int](repeating: 3, count: 30) + [2]
        func fresh(_ seed: UInt64) -> any Environment {
            game(FakeScreens(lengths: [90], lives: lives), seed: seed) { $0.noOpMax = 30 }
        }
        var original = fresh(1)
        _ = try original.begin()
        for _ in 0..<5 {
            _ = try original.play(1)
        }
        let snapshot = try original.snapshot()
        let picture = original.rendered()
        let rest = try continueRandomly(&original, 60, seed: 9)
        var restored = fresh(2)
        try restored.restore(snapshot)
        #expect(restored.rendered() == picture)
        #expect(try continueRandomly(&restored, 60, seed: 9) == rest)
        var other: any Environment = game(FakeScreens()) { $0.frameSkip = 3 }
        #expect(throws: EnvironmentError.self) { try other.restore(snapshot) }
        #expect(throws: EnvironmentError.self) { try other.restore([1, 2, 3]) }
    }

    @Test("uploaded screens go through the very function of training")
    func uploads() throws {
        var game = game(FakeScreens())
        _ = try game.begin()
        let played = try game.play(0)
        var first = Frame(height: 84, width: 84, filledWith: .rgb(0, 0, 0))
        var second = first
        first.fill(rows: 0..<1, columns: 3..<4, with: .rgb(255, 255, 255))
        second.fill(rows: 0..<1, columns: 4..<5, with: .rgb(255, 255, 255))
        #expect(AtariPreprocessing.observation(of: [first, second]).bytes == played.frame)
        #expect(game.rendered() == second)
    }
}
