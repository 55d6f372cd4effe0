import BackgroundQueues
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct DQNLearnerTests {
    @Test("ten updates of the paper's learner agree with PyTorch", arguments: Kernels.available)
    func tenUpdates(kernels: Kernels) throws {
        let expected = try fixture("PyTorch/nature_dqn.json", as: NatureFixture.self)
        let network = try Sequential(
            NetworkArchitecture(
                input: .pixels([4, 84, 84]),
                hiddenLayers: .nature,
                outputCount: 4
            ),
            kernels: kernels
        )
        let pool = ComputePool(width: 2)
        var learner = try DQNLearner(
            network: network,
            parameters: try network.parameters(fromPyTorch: NatureFixture.drawTensors(network)),
            hyperparameters: DQNHyperparameters(),
            workers: 2
        )
        var losses: [Double] = []
        for number in 0..<10 as Range<UInt64> {
            var batch = TransitionBatch(number: number)
            let outcome = learner.learn(from: &batch, pool: pool)
            losses.append(Double(outcome.loss * 32))
            if (number + 1).isMultiple(of: 4) {
                learner.updateTarget()
            }
        }
        var workspace = try Workspace(
            network: network,
            capacity: 32,
            workers: 2,
            keepsGradients: false
        )
        let values = Array(
            copying: learner.online.forward(
                NatureFixture.observations(stream: 100).span,
                count: 32,
                workspace: &workspace,
                pool: pool
            )
        )
        // Numbers on either side of a ReLU's zero are both right, so each way it may go is.
        let ways = try expected.updates.map { updates in
            var errors = zip(losses, updates.losses).enumerated().map { number, losses in
                ("loss \(number)", abs(losses.0 - losses.1) / losses.1)
            }
            for tensor in network.pyTorchTensors(of: learner.online.parameters.span) {
                let summary = try #require(updates.parameters[tensor.name])
                errors.append((tensor.name, summary.error(of: tensor.values)))
            }
            errors.append(("Q-values", relativeError(values, updates.qValuesAfter)))
            return errors
        }
        let closest = try #require(ways.min { $0.largest < $1.largest })
        for (name, error) in closest {
            print("\(name) after ten updates by \(kernels): relative error \(error)")
            #expect(error < kernels.tolerance, "\(name)")
        }
    }

    @Test("the target network keeps its bits from one update of it to the next")
    func targetIsStill() throws {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.batchSize = 4
        var learner = try smallLearner(inputs: 4, hyperparameters)
        let before = learner.target.parameters.array
        var batch = TransitionBatch(count: 4, stateByteCount: 16)
        batch.rewards = [1, -1, 1, 1]
        for _ in 0..<3 {
            _ = learner.learn(from: &batch, pool: ComputePool(width: 1))
            #expect(learner.target.parameters.array == before)
            #expect(learner.online.parameters.array != before)
        }
        learner.updateTarget()
        #expect(learner.target.parameters.array == learner.online.parameters.array)
    }

    @Test("a state drawn again has the value it had, until the target changes or its slot is taken")
    func rememberedValues() throws {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.batchSize = 1
        var rule = RMSProp()
        // The online network stands still, so that errors tell targets apart.
        rule.learningRate = 0
        hyperparameters.optimizer = .rmsprop(rule)
        var learner = try smallLearner(inputs: 1, hyperparameters)
        func error(nextState: Float, endingWith frame: FrameIdentity?) -> Float {
            var batch = TransitionBatch(count: 1, stateByteCount: 4)
            batch.discounts = [0.99]
            batch.nextStates = (0..<4).map {
                UInt8(truncatingIfNeeded: nextState.bitPattern >> (8 * $0))
            }
            batch.nextFrames = [frame]
            return learner.learn(from: &batch, pool: ComputePool(width: 1)).meanAbsoluteTDError
        }
        let (near, far) = (
            error(nextState: 1, endingWith: nil), error(nextState: 50, endingWith: nil)
        )
        try #require(near != far)
        let frame = FrameIdentity(slot: 3, number: 3)
        #expect(error(nextState: 1, endingWith: frame) == near)
        // The same frame with other bytes, which no memory holds, shows that it is not looked at again.
        #expect(error(nextState: 50, endingWith: frame) == near)
        let newer = FrameIdentity(slot: 3, number: 9)
        #expect(error(nextState: 50, endingWith: newer) == far)
        #expect(error(nextState: 1, endingWith: frame) == near)
        learner.updateTarget()
        #expect(error(nextState: 50, endingWith: frame) == far)
    }

    @Test(
        "a target counts the best of what can be done next",
        arguments: [[2, 6], [6, 2], [-4, -8]]
    )
    func bestNextValue(values: [Float]) throws {
        let network = try Sequential(
            NetworkArchitecture(input: .numbers(1), hiddenLayers: [], outputCount: 2)
        )
        var hyperparameters = DQNHyperparameters()
        hyperparameters.batchSize = 1
        var learner = try DQNLearner(
            network: network,
            // Two weights, and the biases, which are the values of the state 0.
            parameters: FloatBuffer(copying: ([0, 0] + values).span),
            hyperparameters: hyperparameters,
            workers: 1
        )
        var batch = TransitionBatch(count: 1, stateByteCount: 4)
        batch.rewards = [1]
        batch.discounts = [0.5]
        let outcome = learner.learn(from: &batch, pool: ComputePool(width: 1))
        let target = 1 + 0.5 * max(values[0], values[1])
        #expect(outcome.meanAbsoluteTDError == abs(target - values[0]))
    }

    private func smallLearner(
        inputs: Int,
        _ hyperparameters: DQNHyperparameters
    ) throws -> DQNLearner {
        let network = try Sequential(
            NetworkArchitecture(input: .numbers(inputs), hiddenLayers: .mlp(8), outputCount: 2)
        )
        var random = RandomGenerator(seed: 1)
        return try DQNLearner(
            network: network,
            parameters: try network.initialParameters(.fanInUniform, using: &random),
            hyperparameters: hyperparameters,
            workers: 1
        )
    }

    @Test("a terminal state has no future, the end of the time has")
    func targets() {
        var batch = TransitionBatch(count: 3, stateByteCount: 4)
        batch.rewards = [1, 1, -1]
        batch.discounts = [0.5, 0, 0.5]
        let targets = targets(of: batch, nextOutputs: [6, 5, 100, 99, -8, -4])
        #expect(targets == [4, 1, -3])
    }

    @Test("targets and errors are those of rlax's Q-learning")
    func rlaxTargets() {
        var batch = TransitionBatch(count: 2, stateByteCount: 4)
        batch.rewards = [1, 1]
        batch.discounts = [0, 1]
        let values: [Float] = [1, 1, 0, 1, 2, 0]
        let targets = targets(of: batch, nextOutputs: [0, 1, 0, 1, 2, 0])
        #expect(zip(targets, [values[0], values[4]]).map { $0 - $1 } == [0, 1])
    }

    @Test("Double's targets and errors are those of rlax")
    func rlaxDouble() {
        var batch = TransitionBatch(count: 2, stateByteCount: 4)
        batch.rewards = [1, 1]
        batch.discounts = [0, 1]
        let targets = targets(
            of: batch,
            nextOutputs: [99, 1, 98, 91, 2, 66],
            chosenBy: [2, 10, 1, 11, 20, 1]
        )
        #expect(zip(targets, [1, 2]).map { $0 - $1 } == [0, 1])
    }

    @Test(
        "the target network's best action is counted, or the online network's",
        arguments: [(BootstrapRule.max, Float(5)), (.double, 4)]
    )
    func bootstrapRule(rule: BootstrapRule, expected: Float) throws {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.batchSize = 1
        hyperparameters.bootstrapRule = rule
        var learner = try learner(values: [5, 4, 0], hyperparameters, learningRate: 8e6)
        var batch = TransitionBatch(count: 1, stateByteCount: 4)
        // The online network learns that the first action is bad; the target network stays.
        batch.rewards = [-10]
        batch.discounts = [0]
        _ = learner.learn(from: &batch, pool: ComputePool(width: 1))
        #expect(learner.online.parameters.array[3] < 0)
        batch.actions = [2]
        batch.rewards = [0]
        batch.discounts = [1]
        _ = learner.learn(from: &batch, pool: ComputePool(width: 1))
        #expect(batch.errors == [expected])
    }

    /// A learner of one layer, whose biases are the values of the state 0; its steps are a millionth
    /// of the gradient times the learning rate.
    private func learner(
        values: [Float],
        _ hyperparameters: DQNHyperparameters,
        learningRate: Float
    ) throws -> DQNLearner {
        var rule = RMSProp()
        rule.learningRate = learningRate
        rule.squaredGradientDecay = 0
        rule.epsilon = 1e6
        var hyperparameters = hyperparameters
        hyperparameters.optimizer = .rmsprop(rule)
        let weights = Array(repeating: Float(0), count: values.count)
        return try DQNLearner(
            network: try Sequential(
                NetworkArchitecture(
                    input: .numbers(1),
                    hiddenLayers: [],
                    outputCount: values.count
                )
            ),
            parameters: FloatBuffer(copying: (weights + values).span),
            hyperparameters: hyperparameters,
            workers: 1
        )
    }

    private func targets(
        of batch: TransitionBatch,
        nextOutputs: [Float],
        chosenBy outputs: [Float]? = nil
    ) -> [Float] {
        var actions = Array(repeating: 0, count: batch.count)
        let outputs = outputs ?? nextOutputs
        ValueHead.scalar.readBestActions(outputs.span, into: &actions)
        var targets = Array(repeating: Float(0), count: batch.count)
        ValueHead.scalar.readTargets(
            of: batch,
            nextOutputs: nextOutputs.span,
            policy: .best(actions),
            into: &targets
        )
        return targets
    }

    @Test("an update leaves each transition's error, and a weight scales its loss and its step")
    func errorsAndWeights() throws {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.batchSize = 3
        hyperparameters.loss = .squared
        var learner = try learner(values: [1, 2, 3], hyperparameters, learningRate: 1)
        var batch = TransitionBatch(count: 3, stateByteCount: 4)
        batch.actions = [0, 1, 2]
        batch.rewards = [5, 5, 5]
        batch.discounts = [0, 0, 0.5]
        batch.weights = [1, 0.25, 0]
        let outcome = learner.learn(from: &batch, pool: ComputePool(width: 1))
        #expect(batch.errors == [4, 3, 3.5])
        #expect(outcome.meanAbsoluteTDError == 3.5)
        #expect(outcome.loss == (16 + 0.25 * 9) / 3)
        let biases = learner.online.parameters.array.suffix(3)
        // Slopes are −2 · error · weight, and a step is a millionth of them.
        for (bias, expected) in zip(biases, [1 + 8e-6, 2 + 1.5e-6, 3] as [Float]) {
            #expect(abs(bias - expected) < 3e-7)
        }
    }

    @Test("a gradient longer than its limit is shortened to it")
    func gradientNorm() throws {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.batchSize = 1
        hyperparameters.loss = .squared
        hyperparameters.maxGradientNorm = 10
        var learner = try learner(values: [0], hyperparameters, learningRate: 1)
        var batch = TransitionBatch(count: 1, stateByteCount: 4)
        batch.rewards = [-30]
        // Input 0, so the bias alone has a slope: 2 · (0 + 30) = 60, shortened to 10.
        let outcome = learner.learn(from: &batch, pool: ComputePool(width: 1))
        #expect(outcome.gradientNorm == 60)
        #expect(abs(learner.online.parameters.array[1] + 1e-5) < 1e-9)
    }
}

extension TransitionBatch {
    /// The batch of that number in make_nature_dqn.py.
    fileprivate init(number: UInt64) {
        self.init(count: 32, stateByteCount: 4 * 84 * 84)
        let batch = NatureFixture.Batch(number: number)
        states = NatureFixture.observations(stream: 100 + 10 * number)
        nextStates = NatureFixture.observations(stream: 101 + 10 * number)
        actions = batch.actions
        rewards = batch.rewards
        discounts = batch.discounts
    }
}

extension [(String, Double)] {
    fileprivate var largest: Double { map(\.1).max() ?? 0 }
}
