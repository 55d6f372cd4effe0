import BackgroundQueues
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import RandomNumbers
import Tensors
import Testing

/// Images that are shifted, and networks that begin anew.
@Suite(.timeLimit(.minutes(5))) struct DataEfficiencyTests {
    @Test("a shifted image is one padded by its border and cut out again, all frames of it alike")
    func shifted() throws {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.randomShiftPixels = 2
        let input = NetworkInput.pixels([3, 5, 4])
        var shift = try #require(RandomShift(hyperparameters, input: input))
        var random = RandomGenerator(seed: 1)
        var places: Set<[Int]> = []
        for _ in 0..<40 {
            var batch = TransitionBatch(count: 4, stateByteCount: 60)
            batch.states = (0..<240).map { _ in UInt8(random.integer(below: 256)) }
            batch.nextStates = batch.states
            batch.nextFrames = Array(repeating: FrameIdentity(slot: 0, number: 0), count: 4)
            let original = batch.states
            shift.apply(to: &batch, using: &random)
            #expect(batch.nextFrames.allSatisfy { $0 == nil })
            for row in 0..<4 {
                let before = Array(original[(row * 60)..<(row * 60 + 60)])
                let found = [batch.states, batch.nextStates].map { states in
                    Array(states[(row * 60)..<(row * 60 + 60)])
                }
                for state in found {
                    let fitting = Self.shifts.filter { naive(before, $0[0], $0[1]) == state }
                    #expect(!fitting.isEmpty)
                    if fitting.count == 1 { places.insert(fitting[0]) }
                }
            }
        }
        #expect(places == Set(Self.shifts))
    }

    private static let shifts = (-2...2).flatMap { down in (-2...2).map { [down, $0] } }

    private func naive(_ state: [UInt8], _ down: Int, _ right: Int) -> [UInt8] {
        (0..<3).flatMap { frame in
            (0..<5).flatMap { y in
                (0..<4).map { x in
                    let (row, column) = (min(max(y + down, 0), 4), min(max(x + right, 0), 3))
                    return state[frame * 20 + row * 4 + column]
                }
            }
        }
    }

    @Test("what are no images cannot be shifted")
    func refused() {
        #expect(throws: AgentError.self) { try makeAgent { $0.randomShiftPixels = 4 } }
    }

    @Test(
        "an agent that shifts and resets runs on from a snapshot to the bit",
        arguments: LearningSchedule.allCases
    )
    func resume(schedule: LearningSchedule) throws {
        func make(seed: UInt64 = 1) throws -> DQNAgent {
            var hyperparameters = DQNHyperparameters.small
            hyperparameters.network = [.conv2d(filters: 2, kernelSize: 1, stride: 1)] + .mlp(8)
            hyperparameters.schedule = schedule
            hyperparameters.randomShiftPixels = 1
            hyperparameters.resetPeriodUpdates = 7
            hyperparameters.optimizer = .adam(Adam())
            return try DQNAgent(
                hyperparameters: hyperparameters,
                input: .pixels([2, 3, 1]),
                stack: 2,
                actionCount: 3,
                streams: RandomStreams(seed: seed),
                workers: 2
            )
        }
        for steps in [20, 36, 40, 44, 90] {
            let whole = try make()
            var world = World(seed: 2)
            for _ in 0..<steps { _ = try world.step(whole, pool: ComputePool(width: 2)) }
            let restored = try make(seed: 1)
            try AgentSnapshot(of: whole).restore(restored)
            var other = world
            for _ in 0..<80 {
                _ = try world.step(whole, pool: ComputePool(width: 2))
                _ = try other.step(restored, pool: ComputePool(width: 2))
            }
            #expect(world.actions == other.actions)
            #expect(try AgentSnapshot(of: whole) == AgentSnapshot(of: restored))
        }
    }

    @Test(
        "a reset keeps a share of the convolutions, forgets all moments, and what it knew comes back"
    )
    func reset() throws {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.network = [.conv2d(filters: 4, kernelSize: 2, stride: 1)] + .mlp(32)
        hyperparameters.batchSize = 16
        hyperparameters.resetPeriodUpdates = 300
        hyperparameters.resetKeptShare = 0.75
        var rule = Adam()
        rule.learningRate = 0.003
        hyperparameters.optimizer = .adam(rule)
        hyperparameters.lossReduction = .mean
        let network = try Sequential(
            NetworkArchitecture(
                input: .pixels([1, 4, 4]),
                hiddenLayers: hyperparameters.network,
                outputCount: 2
            )
        )
        var random = RandomGenerator(seed: 3)
        let streams = RandomStreams(seed: 9)
        var learner = try DQNLearner(
            network: network,
            parameters: try network.initialParameters(.fanInUniform, using: &random),
            hyperparameters: hyperparameters,
            resets: streams,
            workers: 1
        )
        var batch = TransitionBatch(count: 16, stateByteCount: 16)
        batch.states = (0..<256).map { _ in UInt8(random.integer(below: 256)) }
        batch.actions = (0..<16).map { $0 % 2 }
        batch.rewards = (0..<16).map { Float($0 % 5) - 2 }
        let pool = ComputePool(width: 1)
        var losses: [Float] = []
        var before: [Float] = []
        for update in 1...600 {
            if update == 300 {
                // The step before the reset is taken by a learner that has none.
                before = Array(copying: learner.online.parameters.span)
            }
            losses.append(learner.learn(from: &batch, pool: pool).loss)
            guard update == 300 else { continue }
            #expect(Array(copying: learner.optimizer.meanGradient.span).allSatisfy { $0 == 0 })
            #expect(Array(copying: learner.optimizer.meanSquare.span).allSatisfy { $0 == 0 })
            let after = Array(copying: learner.online.parameters.span)
            #expect(Array(copying: learner.target.parameters.span) == after)
            var generator = streams.generator(named: "reset 1")
            let drawn = try network.initialParameters(.fanInUniform, using: &generator)
            let fresh = Array(copying: drawn.span)
            let convolution = network.layers[0].all
            #expect(
                Array(after[convolution.upperBound...]) == Array(fresh[convolution.upperBound...])
            )
            for place in convolution {
                // The last step moved it by less than the learning rate or so.
                let mixed = 0.75 * before[place] + 0.25 * fresh[place]
                #expect(abs(after[place] - mixed) < 0.006)
            }
        }
        #expect(losses[299] < 0.1 && losses[300] > 5 * losses[299] && losses[598] < 0.1)
    }
}
