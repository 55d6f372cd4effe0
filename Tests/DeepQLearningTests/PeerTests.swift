import BackgroundQueues
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import NumericExpectations
import Tensors
import Testing

/// Heads and networks beside other programs: see Fixtures/ValueHeads/make_value_heads.py.
@Suite(.timeLimit(.minutes(5))) struct PeerTests {
    struct Fixture: Decodable {
        let cases: [Case]
        let networks: [Network]
    }

    /// A batch and what rlax and Dopamine make of it.
    struct Case: Decodable {
        let name: String
        let head: String
        let actions: [Int]
        let rewards: [Float]
        let discounts: [Float]
        let outputs: [Float]
        let nextOutputs: [Float]
        /// What chooses the next actions, where that is another network.
        let selector: [Float]?
        let targets: [Double]
        let losses: [Double]
        let gradients: [Double]
        let atomCount: Int?
        let minimum: Float?
        let maximum: Float?
        let count: Int?
        let targetCount: Int?
        let threshold: Float?
        let fractions: [Float]?

        /// The head, asked for so many quantiles where their number is one's choice.
        func valueHead(_ count: Int?) throws -> ValueHead {
            switch head {
            case "categorical":
                .categorical(
                    CategoricalSupport(
                        atomCount: try #require(atomCount),
                        minimum: try #require(minimum),
                        maximum: try #require(maximum)
                    )
                )
            case "quantile": .quantile(count: try #require(count))
            case "implicit_quantile": .implicitQuantile(count: try #require(count))
            default: .scalar
            }
        }
    }

    /// A network of tianshou's with its outputs, and the gradient of Σ slope · output.
    struct Network: Decodable {
        let name: String
        let inputs: [Float]
        let outputs: [Double]
        let slopes: [Float]
        let parameters: [String: [Float]]
        let gradients: [String: [Double]]
        let fractions: [Float]?
        let noise: [Float]?
    }

    @Test("targets, losses and gradients are those of rlax and Dopamine")
    func heads() throws {
        for example in try fixture("ValueHeads/value_heads.json", as: Fixture.self).cases {
            let (online, target) = (
                try example.valueHead(example.count), try example.valueHead(example.targetCount)
            )
            var batch = TransitionBatch(count: 4, stateByteCount: 4)
            batch.actions = example.actions
            batch.rewards = example.rewards
            batch.discounts = example.discounts
            var best = [0, 0, 0, 0]
            let selector = example.selector ?? example.nextOutputs
            target.readBestActions(selector.span, into: &best)
            let targets = targets(target, batch, example.nextOutputs, .best(best))
            #expect(relativeError(targets, example.targets) < 1e-5, "\(example.name)")
            var settings = DQNHyperparameters()
            settings.lossReduction = .sum
            settings.head.huberThreshold = example.threshold ?? 1
            var gradients = [Float](repeating: .nan, count: example.outputs.count)
            var span = gradients.mutableSpan
            let outcome = online.readLoss(
                of: &batch,
                outputs: example.outputs.span,
                targets: targets,
                fractions: example.fractions ?? [],
                settings,
                gradients: &span
            )
            let loss = example.losses.reduce(0, +) / 4
            #expect(abs(Double(outcome.loss) - loss) < 1e-5 * loss, "\(example.name)")
            #expect(relativeError(gradients, example.gradients) < 1e-5, "\(example.name)")
            if example.head.hasSuffix("quantile") {
                #expect(relativeError(batch.errors, example.losses) < 1e-5, "\(example.name)")
            }
        }
    }

    @Test("an implicit quantile network, a noisy layer and a duel are those of tianshou")
    func networks() throws {
        for example in try fixture("ValueHeads/value_heads.json", as: Fixture.self).networks {
            let network = try Sequential(
                architecture(example.name),
                fractionCount: (example.fractions?.count ?? 4) / 4
            )
            let shapes = Dictionary(
                uniqueKeysWithValues: network.pyTorchTensors(
                    of: FloatBuffer(count: network.parameterCount).span
                ).map { ($0.name, $0.shape) }
            )
            let parameters = try network.parameters(
                fromPyTorch: example.parameters.map { name, values in
                    NamedTensor(name: name, shape: try #require(shapes[name]), values: values)
                }
            )
            var noise = try ParameterNoise(network)
            if let numbers = example.noise { noise.set(numbers, addingTo: parameters.span) }
            var workspace = try Workspace(
                network: network,
                capacity: 4,
                workers: 1,
                keepsGradients: true
            )
            if let fractions = example.fractions {
                network.setFractions(fractions.span, in: &workspace)
            }
            let bytes = example.inputs.flatMap { number in
                (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
            }
            let pool = ComputePool(width: 1)
            network.forward(
                bytes.span,
                count: 4,
                parameters: parameters,
                noise: noise,
                workspace: &workspace,
                pool: pool
            )
            let outputs = network.withOutputGradients(of: &workspace, count: 4) {
                $1.copy(from: example.slopes.span)
                return Array(copying: $0)
            }
            #expect(relativeError(outputs, example.outputs) < 1e-5, "\(example.name)")
            var gradient = FloatBuffer(count: network.parameterCount)
            network.backward(
                count: 4,
                parameters: parameters,
                noise: noise,
                workspace: &workspace,
                gradient: &gradient,
                pool: pool
            )
            for tensor in network.pyTorchTensors(of: gradient.span) {
                let expected = try #require(example.gradients[tensor.name])
                #expect(relativeError(tensor.values, expected) < 1e-5, "\(tensor.name)")
            }
        }
    }

    private func architecture(_ name: String) -> NetworkArchitecture {
        var architecture = NetworkArchitecture(
            input: .numbers(5),
            hiddenLayers: [],
            outputCount: 3
        )
        switch name {
        case "noisy": architecture.isNoisy = true
        case "duel":
            architecture.hiddenLayers = .mlp(6)
            architecture.outputCount = 12
            architecture.branches = [
                NetworkBranch(name: "value", hiddenLayers: .mlp(7), outputCount: 4),
                NetworkBranch(name: "advantage", hiddenLayers: .mlp(7), outputCount: 12),
            ]
            architecture.join = .dueling
        default:
            architecture.hiddenLayers = .mlp(6, 7)
            // tianshou's cosines begin with i = 1.
            architecture.quantileEmbedding = QuantileEmbedding(cosineCount: 9, firstCosine: 1)
        }
        return architecture
    }
}
