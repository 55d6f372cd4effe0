import ExperienceReplay
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProportionalSamplerTests {
    /// Probabilities, and the weights of a batch that holds all three transitions.
    ///
    /// dqn_zoo, replay_test.py, PrioritizedDistribution; the second by pencil and paper.
    @Test(
        "probabilities and weights are those of the equations",
        arguments: [
            (
                0.8, 0.1, 0.4, [1, 4, 3], [0.173092, 0.457003, 0.369904],
                [1, 0.678177, 0.738032]
            ),
            (
                0.6, 0, 0.4, [1, 2, 4], [0.207766, 0.314914, 0.477320],
                [1, 0.846745, 0.716978]
            ),
            (0.6, 0, 0.4, [0, 0, 0], [1.0 / 3, 1.0 / 3, 1.0 / 3], [1, 1, 1]),
            (0, 0, 1, [0, 5, 1], [1.0 / 3, 1.0 / 3, 1.0 / 3], [1, 1, 1]),
            (1, 0, 1, [1, 1, 2], [0.25, 0.25, 0.5], [1, 1, 0.5]),
        ] as [(Float, Float, Double, [Float], [Double], [Double])]
    )
    func equations(
        exponent: Float,
        uniform: Float,
        importance: Double,
        priorities: [Float],
        probabilities: [Double],
        weights: [Double]
    ) throws {
        let memory = try Memory(3, rule(exponent, uniform: uniform), errors: priorities)
        for (index, expected) in probabilities.enumerated() {
            let frame = FrameIdentity(slot: index, number: index)
            #expect(abs(memory.sampler.probability(of: frame, in: memory.replay) - expected) < 1e-6)
        }
        var random = RandomGenerator(seed: 1)
        let batch = memory.draw(60, importance: importance, using: &random)
        #expect(Set(batch.origins.map { $0?.slot }) == [0, 1, 2])
        for row in 0..<60 {
            let slot = try #require(batch.origins[row]).slot
            #expect(abs(Double(batch.weights[row]) - weights[slot]) < 1e-6)
        }
    }

    /// dqn_zoo, replay_test.py: of three priorities the first is removed.
    @Test("what is overwritten gives its share up, and what is new has the largest ever seen")
    func overwritten() throws {
        var memory = try Memory(3, rule(1, uniform: 0), errors: [7, 1, 2])
        memory.append()
        // The frame of the first transition is gone; the fourth has the priority of the first.
        let shares = (1...3).map { number in
            memory.sampler.probability(
                of: FrameIdentity(slot: number, number: number),
                in: memory.replay
            )
        }
        #expect(zip(shares, [0.1, 0.2, 0.7]).allSatisfy { abs($0 - $1) < 1e-12 })
        var uniform = try Memory(3, rule(1, uniform: 0.1), errors: [7, 1, 9])
        uniform.append()
        uniform.note(FrameIdentity(slot: 3, number: 3), error: 0)
        let rest = (1...2).map { number in
            uniform.sampler.probability(
                of: FrameIdentity(slot: number, number: number),
                in: uniform.replay
            )
        }
        #expect(abs(rest[0] - (0.9 * 0.1 + 0.1 / 3)) < 1e-9)
        #expect(abs(rest[1] - (0.9 * 0.9 + 0.1 / 3)) < 1e-9)
    }

    /// Dopamine, jax/replay_memory/samplers_test.py.
    @Test("of as many alike as rows, a batch draws each once")
    func stratified() throws {
        let memory = try Memory(32, rule(0.5, uniform: 0), errors: Array(repeating: 1, count: 32))
        var random = RandomGenerator(seed: 3)
        for _ in 0..<20 {
            let batch = memory.draw(32, using: &random)
            #expect(batch.origins.compactMap { $0?.slot } == Array(0..<32))
            #expect(batch.weights.allSatisfy { $0 == 1 })
        }
    }

    @Test("draws follow the probabilities, and vary less than independent ones")
    func statistics() throws {
        let count = 100
        let errors = (0..<count).map { Float($0 % 17) + 0.1 }
        let memory = try Memory(count, rule(0.6, uniform: 0.05), errors: errors)
        var random = RandomGenerator(seed: 5)
        let (batches, rows) = (800, 128)
        var counts = [Double](repeating: 0, count: count)
        for _ in 0..<batches {
            for origin in memory.draw(rows, using: &random).origins {
                counts[try #require(origin).slot] += 1
            }
        }
        var square = 0.0
        for slot in 0..<count {
            let frame = FrameIdentity(slot: slot, number: slot)
            let expected =
                memory.sampler.probability(of: frame, in: memory.replay) * Double(batches * rows)
            square += (counts[slot] - expected) * (counts[slot] - expected) / expected
        }
        // χ² of 99 degrees of freedom: 149 with a probability of 0.001; independent draws have a
        // mean of 99, and less than 50 with one of 1e-5.
        #expect(square < 149, "χ² \(square)")
        #expect(square < 50, "χ² \(square)")
    }

    @Test(
        "in rings that drop their oldest frames every probability is that of a plain list",
        arguments: [1, 2, 3],
        [1, 3]
    )
    func naive(environments: Int, steps: Int) throws {
        for seed in 0..<8 as Range<UInt64> {
            var random = RandomGenerator(seed: seed)
            let stack = 1 + random.integer(below: 4)
            var pair = try ReplayPair(
                capacity: (3 + random.integer(below: 12)) * environments,
                stack: stack,
                environments: environments,
                steps: steps,
                prioritization: rule(0.75, uniform: 0.125)
            )
            var naive = NaivePriorities(exponent: 0.75, uniformShare: 0.125, offset: 0)
            var drawn: [TransitionBatch] = []
            for _ in 0..<200 {
                let environment = random.integer(below: environments)
                pair.step(&random, environment: environment)
                naive.noteNewest(of: environment, pair.environments[environment].naive)
                let found = pair.probabilities()
                let expected = naive.probabilities(pair.environments.map(\.naive))
                #expect(found.keys == expected.keys)
                for (key, probability) in found {
                    #expect(abs(probability - (expected[key] ?? 0)) < 1e-9)
                }
                guard !expected.isEmpty else { continue }
                var batch = TransitionBatch(count: 4, stateByteCount: stack)
                pair.fill(&batch, using: &random)
                batch.errors = (0..<4).map { _ in Float(random.integer(below: 9)) }
                drawn.append(batch)
                // Errors come back when some of the frames are overwritten already.
                if drawn.count > 5 {
                    let late = drawn.removeFirst()
                    pair.sampler.update(late, in: pair.replay)
                    naive.update(late, of: pair)
                }
            }
        }
    }

    @Test("priorities come back from a snapshot to the bit")
    func snapshot() throws {
        var random = RandomGenerator(seed: 4)
        var pair = try ReplayPair(
            capacity: 30,
            stack: 3,
            environments: 2,
            prioritization: rule(0.6, uniform: 0)
        )
        for step in 0..<100 {
            pair.step(&random, environment: step % 2)
            guard pair.replay.transitionCount > 0 else { continue }
            var batch = TransitionBatch(count: 4, stateByteCount: 3)
            pair.fill(&batch, using: &random)
            batch.errors = random.floats(4)
            pair.sampler.update(batch, in: pair.replay)
        }
        var copy = try ReplayPair(
            capacity: 30,
            stack: 3,
            environments: 2,
            prioritization: rule(0.6, uniform: 0)
        )
        let saved = try SamplerSnapshot(of: pair)
        try saved.restore(&copy)
        #expect(try SamplerSnapshot(of: copy) == saved)
        var (one, other) = (RandomGenerator(seed: 8), RandomGenerator(seed: 8))
        var batch = TransitionBatch(count: 32, stateByteCount: 3)
        var twin = batch
        pair.fill(&batch, using: &one)
        copy.fill(&twin, using: &other)
        #expect(batch.states == twin.states && batch.weights == twin.weights)
    }

    private func rule(_ exponent: Float, uniform: Float) -> Prioritization {
        var rule = Prioritization()
        (rule.exponent, rule.uniformShare, rule.offset) = (exponent, uniform, 0)
        return rule
    }
}

/// One episode of single-byte frames, whose transitions got errors.
private struct Memory: ~Copyable {
    var replay: ReplayBuffer
    var sampler: Sampler

    init(_ transitions: Int, _ rule: Prioritization, errors: [Float]) throws {
        let replay = try ReplayBuffer(capacity: transitions + 1, frameByteCount: 1, stack: 1)
        let sampler = try Sampler.proportional(rule, in: replay)
        self.replay = replay
        self.sampler = sampler
        self.replay.beginEpisode([0].span)
        self.sampler.noteNewestFrame(of: 0, in: self.replay)
        for _ in 0..<transitions { append() }
        for (slot, error) in errors.enumerated() {
            note(FrameIdentity(slot: slot, number: slot), error: error)
        }
    }

    mutating func append() {
        replay.append(action: 0, reward: 0, isTerminal: false, frame: [0].span)
        sampler.noteNewestFrame(of: 0, in: replay)
    }

    mutating func note(_ frame: FrameIdentity, error: Float) {
        var batch = TransitionBatch(count: 1, stateByteCount: 1)
        (batch.origins, batch.errors) = ([frame], [error])
        sampler.update(batch, in: replay)
    }

    func draw(
        _ count: Int,
        importance: Double = 1,
        using random: inout RandomGenerator
    ) -> TransitionBatch {
        var batch = TransitionBatch(count: count, stateByteCount: 1)
        sampler.fill(
            &batch,
            from: replay,
            by: TransitionAccumulator(discount: 1),
            importanceExponent: importance,
            using: &random
        )
        return batch
    }
}

extension RandomGenerator {
    fileprivate mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in unitFloat() * 2 - 1 }
    }
}
