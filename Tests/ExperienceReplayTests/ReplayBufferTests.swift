import ExperienceReplay
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct ReplayBufferTests {
    @Test(
        "what can be drawn is every transition of the newest frames, and nothing else",
        arguments: 2...12,
        1...5
    )
    func everyTransition(capacity: Int, stack: Int) throws {
        for seed in 0..<9 as Range<UInt64> {
            var random = RandomGenerator(seed: seed)
            let steps = [1, 1, 2, 3, 20][Int(seed % 5)]
            var pair = try ReplayPair(capacity: capacity, stack: stack, steps: steps)
            for _ in 0..<80 {
                pair.step(&random)
                let expected = pair.naive.transitions
                #expect(pair.drawable() == expected)
                #expect(pair.replay.transitionCount == expected.count)
            }
        }
    }

    @Test(
        "each environment keeps its own newest frames, in memory or in a file, and all are drawn from",
        arguments: [(2, .memory), (3, .file), (4, .memory)] as [(Int, ReplayStorage)],
        [2, 3, 5, 8]
    )
    func severalStreams(kind: (environments: Int, storage: ReplayStorage), capacity: Int) throws {
        let environments = kind.environments
        for seed in 0..<6 as Range<UInt64> {
            var random = RandomGenerator(seed: seed)
            let total = capacity * environments + environments - 1
            var pair = try ReplayPair(
                capacity: total,
                stack: 3,
                environments: environments,
                storage: kind.storage
            )
            #expect(pair.replay.capacity == capacity * environments)
            for _ in 0..<120 {
                pair.step(&random, environment: random.integer(below: environments))
                let expected = pair.environments.map(\.naive.transitions)
                for environment in 0..<environments {
                    #expect(pair.drawable(environment) == expected[environment])
                }
                #expect(pair.replay.transitionCount == expected.joined().count)
            }
            var copy = try ReplayBuffer(
                capacity: total,
                frameByteCount: 1,
                stack: 3,
                environments: environments
            )
            let snapshot = try ReplaySnapshot(of: pair.replay)
            try snapshot.restore(&copy)
            #expect(try ReplaySnapshot(of: copy) == snapshot)
            #expect(copy.transitionCount == pair.replay.transitionCount)
            for environment in 0..<environments where capacity >= 3 {
                let naive = pair.environments[environment].naive
                var states = [UInt8](repeating: 9, count: 6)
                copy.readNewestState(environment: environment, into: &states, row: 1)
                #expect(states == [9, 9, 9] + naive.state(naive.steps.count - 1))
            }
        }
    }

    @Test("transitions of environments of unequal length are drawn equally often")
    func uniformOverStreams() throws {
        var random = RandomGenerator(seed: 5)
        var pair = try ReplayPair(capacity: 40, stack: 2, environments: 2)
        for step in 0..<28 { pair.step(&random, environment: step % 4 == 0 ? 1 : 0) }
        let expected = pair.environments.flatMap(\.naive.transitions)
        try #require(Set(expected).count == expected.count && expected.count > 10)
        var counts: [NaiveReplay.Transition: Int] = [:]
        var batch = TransitionBatch(count: 1000, stateByteCount: 2)
        for _ in 0..<100 {
            pair.fill(&batch, using: &random)
            for row in 0..<1000 { counts[batch.transition(row), default: 0] += 1 }
        }
        #expect(Set(counts.keys) == Set(expected))
        let share = 100_000 / expected.count
        #expect(counts.values.allSatisfy { abs($0 - share) < share / 15 })
    }

    @Test("the newest state is the last frames of its episode, zeros before its first")
    func newestState() throws {
        var random = RandomGenerator(seed: 3)
        var pair = try ReplayPair(capacity: 7, stack: 4)
        for _ in 0..<100 {
            pair.step(&random)
            var state = [UInt8](repeating: 9, count: 4)
            pair.replay.readNewestState(into: &state)
            #expect(state == pair.naive.state(pair.naive.steps.count - 1))
        }
    }

    @Test("every transition is drawn equally often, at the seam of a small ring too")
    func uniform() throws {
        var random = RandomGenerator(seed: 5)
        var pair = try ReplayPair(capacity: 9, stack: 3)
        for _ in 0..<57 { pair.step(&random) }
        let expected = pair.naive.transitions
        try #require(expected.count > 2)
        var counts: [NaiveReplay.Transition: Int] = [:]
        var batch = TransitionBatch(count: 1000, stateByteCount: 3)
        for _ in 0..<100 {
            pair.fill(&batch, using: &random)
            for row in 0..<1000 { counts[batch.transition(row), default: 0] += 1 }
        }
        #expect(Set(counts.keys) == Set(expected))
        let share = 100_000 / expected.count
        #expect(counts.values.allSatisfy { abs($0 - share) < share / 20 })
    }

    @Test("a frame's identity tells it from every other, those forgotten too")
    func identities() throws {
        var replay = try ReplayBuffer(capacity: 14, frameByteCount: 1, stack: 2, environments: 2)
        var random = RandomGenerator(seed: 9)
        var states: [FrameIdentity: [UInt8]] = [:]
        var batch = TransitionBatch(count: 8, stateByteCount: 2)
        for environment in 0..<2 {
            replay.beginEpisode([UInt8(environment)].span, environment: environment)
        }
        for step in 2..<250 as Range<UInt8> {
            // Every frame has a byte of its own.
            replay.append(
                action: 0,
                reward: 0,
                isTerminal: false,
                frame: [step].span,
                environment: Int(step % 2)
            )
            Sampler.uniform.fill(
                &batch,
                from: replay,
                by: TransitionAccumulator(discount: 1),
                using: &random
            )
            for row in 0..<8 {
                let frame = try #require(batch.nextFrames[row])
                let state = Array(batch.nextStates[(2 * row)..<(2 * row + 2)])
                let origin = try #require(batch.origins[row])
                #expect((0..<14).contains(frame.slot) && replay.holds(frame))
                #expect(replay.holds(origin) && origin.number == frame.number - 1)
                #expect(states.updateValue(state, forKey: frame) ?? state == state)
            }
        }
        #expect(states.count > 200 && Set(states.values).count == states.count)
        #expect(states.keys.count { replay.holds($0) } < 14)
    }

    @Test("one drawable transition among many that are not is found")
    func rare() throws {
        var replay = try ReplayBuffer(capacity: 4000, frameByteCount: 1, stack: 1)
        for _ in 0..<3000 { replay.beginEpisode([1].span) }
        replay.append(action: 2, reward: 1, isTerminal: true, frame: [7].span)
        var batch = TransitionBatch(count: 3, stateByteCount: 1)
        var random = RandomGenerator(seed: 1)
        Sampler.uniform.fill(
            &batch,
            from: replay,
            by: TransitionAccumulator(discount: 1),
            using: &random
        )
        #expect(batch.actions == [2, 2, 2] && batch.nextStates == [7, 7, 7])
    }

    @Test("the same seed draws the same transitions")
    func deterministic() throws {
        var drawn: [TransitionBatch] = []
        for _ in 0..<2 {
            var random = RandomGenerator(seed: 8)
            var pair = try ReplayPair(capacity: 12, stack: 2)
            for _ in 0..<40 { pair.step(&random) }
            var batch = TransitionBatch(count: 32, stateByteCount: 2)
            pair.fill(&batch, using: &random)
            drawn.append(batch)
        }
        #expect(drawn[0].states == drawn[1].states && drawn[0].actions == drawn[1].actions)
    }

    @Test("a memory larger than the address space is refused")
    func tooLarge() {
        let refused = ReplayError.noMemory(byteCount: .max)
        #expect(throws: refused) {
            _ = try ReplayBuffer(capacity: 1 << 40, frameByteCount: 1 << 30, stack: 4)
        }
    }

    @Test("a file larger than any disk is refused with the system's reason, and leaves nothing")
    func tooLargeFile() {
        let error = #expect(throws: ReplayError.self) {
            _ = try ReplayBuffer(
                capacity: 1 << 26,
                frameByteCount: 1 << 36,
                stack: 4,
                storage: .file
            )
        }
        #expect(
            "\(error, default: "")".contains("no file of 4611686018427387904 bytes for replay in /")
        )
    }
}
