import BackgroundQueues
import JSONFields
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct SequentialTests {
    /// Networks whose backward pass is held against finite differences.
    static let architectures: [NetworkArchitecture] = [
        NetworkArchitecture(input: .numbers(4), hiddenLayers: .mlp(7, 5), outputCount: 3),
        NetworkArchitecture(input: .numbers(3), hiddenLayers: [], outputCount: 2),
        NetworkArchitecture(input: .pixels([3, 9, 7]), hiddenLayers: .mlp(6), outputCount: 2),
        NetworkArchitecture(
            input: .pixels([4, 10, 10]),
            hiddenLayers: .grid,
            outputCount: 6
        ),
        NetworkArchitecture(
            input: .pixels([2, 13, 11]),
            hiddenLayers: [
                .conv2d(filters: 5, kernelSize: 4, stride: 3, padding: 1),
                .conv2d(filters: 3, kernelSize: 2, stride: 1, activation: .linear),
                .dense(units: 8, activation: .linear), .dense(units: 4),
            ],
            outputCount: 3
        ),
    ]

    private static let all = architectures + ForkTests.architectures
    private static let allWithNormalized = all + LayerNormTests.architectures

    @Test(
        "gradients agree with finite differences, layer by layer",
        arguments: Kernels.available.filter { !$0.isRounded },
        all
    )
    func finiteDifferences(kernels: Kernels, architecture: NetworkArchitecture) throws {
        // Without kinks the output is linear in each single parameter, so that a long step measures
        // its slope exactly; PyTorch's dump covers the ReLU.
        let network = try Sequential(architecture.withoutRectification, kernels: kernels)
        var random = RandomGenerator(seed: 11)
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        let count = 6
        let observations = observation(architecture.input, count: count, &random)
        let weights = (0..<(count * architecture.outputCount)).map { _ in random.unitFloat() - 0.5 }
        var workspace = try Workspace(
            network: network,
            capacity: count,
            workers: 1,
            keepsGradients: true
        )
        let pool = ComputePool(width: 1)
        var gradient = FloatBuffer(count: network.parameterCount)

        /// Σ weight · output, with one parameter moved.
        func loss(moving place: Int, by distance: Float) -> Double {
            var moved = FloatBuffer(copying: parameters.span)
            var span = moved.mutableSpan
            span[place] += distance
            network.forward(
                observations.span,
                count: count,
                parameters: moved,
                workspace: &workspace,
                pool: pool
            )
            let outputs = network.outputs(of: workspace, count: count)
            return outputs.indices.reduce(0) { $0 + Double(outputs[$1]) * Double(weights[$1]) }
        }

        _ = loss(moving: 0, by: 0)
        network.withOutputGradients(of: &workspace, count: count) { $1.copy(from: weights.span) }
        network.backward(
            count: count,
            parameters: parameters,
            workspace: &workspace,
            gradient: &gradient,
            pool: pool
        )
        let slopes = gradient.array
        for layer in network.layers {
            for places in [layer.weights, layer.biases] {
                for _ in 0..<20 {
                    let place = places.lowerBound + random.integer(below: places.count)
                    let step: Float = 0.5
                    let measured =
                        (loss(moving: place, by: step) - loss(moving: place, by: -step))
                        / Double(2 * step)
                    #expect(
                        abs(measured - Double(slopes[place])) < 1e-4 * max(abs(measured), 0.1),
                        "\(layer.name), parameter \(place)"
                    )
                }
            }
        }
    }

    @Test(
        "a step in blocks is the step by the whole gradient, to the bit",
        arguments: Kernels.available,
        allWithNormalized
    )
    func stepInBlocks(kernels: Kernels, architecture: NetworkArchitecture) throws {
        let network = try Sequential(architecture, kernels: kernels)
        var momentum = RMSProp()
        momentum.momentum = 0.5
        momentum.isCentered = true
        for specification in [
            OptimizerSpecification.rmspropNature(RMSPropNature()), .adam(Adam()),
            .rmsprop(momentum),
        ] {
            var random = RandomGenerator(seed: 4)
            var whole = try network.initialParameters(.fanInUniform, using: &random)
            var inBlocks = FloatBuffer(copying: whole.span)
            let observations = observation(architecture.input, count: 5, &random)
            let pool = ComputePool(width: 2)
            var gradient = FloatBuffer(count: network.parameterCount)
            var optimizer = try Optimizer(specification, parameterCount: network.parameterCount)
            var other = try Optimizer(specification, parameterCount: network.parameterCount)
            var workspace = try Workspace(
                network: network,
                capacity: 6,
                workers: 2,
                keepsGradients: true
            )
            func evaluate(_ parameters: borrowing FloatBuffer) {
                network.forward(
                    observations.span,
                    count: 5,
                    parameters: parameters,
                    workspace: &workspace,
                    pool: pool
                )
                network.withOutputGradients(of: &workspace, count: 5) { $1.fill(0.25) }
            }
            for _ in 0..<3 {
                evaluate(whole)
                network.backward(
                    count: 5,
                    parameters: whole,
                    workspace: &workspace,
                    gradient: &gradient,
                    pool: pool
                )
                optimizer.update(&whole, gradient: gradient, pool: pool)
                evaluate(inBlocks)
                network.backward(
                    count: 5,
                    updating: &inBlocks,
                    by: &other,
                    workspace: &workspace,
                    pool: pool
                )
            }
            #expect(whole.array == inBlocks.array)
            #expect(optimizer.updateCount == other.updateCount)
            #expect(optimizer.meanSquare.array == other.meanSquare.array)
        }
    }

    @Test("planes of numbers are read as planes of pixels are")
    func planes() throws {
        var random = RandomGenerator(seed: 5)
        let shape = [3, 7, 5]
        let bytes = (0..<shape.reduce(1, *)).map { _ in UInt8(random.integer(below: 256)) }
        let floats = bytes.flatMap { byte in
            (0..<4).map { UInt8(truncatingIfNeeded: Float(byte).bitPattern >> (8 * UInt32($0))) }
        }
        func outputs(_ observation: [UInt8], _ scalar: NetworkInput.Scalar) throws -> [Float] {
            let network = try Sequential(
                NetworkArchitecture(
                    input: NetworkInput(shape: shape, scalar: scalar, scale: 1.0 / 255),
                    hiddenLayers: [.conv2d(filters: 4, kernelSize: 3, stride: 2)],
                    outputCount: 2
                )
            )
            var generator = RandomGenerator(seed: 6)
            var workspace = try Workspace(
                network: network,
                capacity: 1,
                workers: 1,
                keepsGradients: false
            )
            network.forward(
                observation.span,
                count: 1,
                parameters: try network.initialParameters(.fanInUniform, using: &generator),
                workspace: &workspace,
                pool: ComputePool(width: 1)
            )
            return Array(copying: network.outputs(of: workspace, count: 1))
        }
        #expect(try outputs(floats, .float32) == outputs(bytes, .uint8))
    }

    @Test("PyTorch's layout and back changes nothing", arguments: allWithNormalized)
    func layoutRoundTrip(architecture: NetworkArchitecture) throws {
        let network = try Sequential(architecture)
        var random = RandomGenerator(seed: 2)
        let parameters = try network.initialParameters(.heUniform, using: &random)
        let tensors = network.pyTorchTensors(of: parameters.span)
        #expect(try network.parameters(fromPyTorch: tensors).array == parameters.array)
    }

    @Test("tensors that do not belong to the network are refused by name")
    func wrongTensors() throws {
        let network = try Sequential(Self.architectures[0])
        let good = network.pyTorchTensors(of: FloatBuffer(count: network.parameterCount).span)
        let names = tensorList(good.map { ($0.name, $0.shape) })
        let rest = tensorList(good.dropFirst().map { ($0.name, $0.shape) })
        #expect(
            throws: NetworkError.tensor(
                name: "fc1.weight",
                "is missing; the network has \(names); the file has \(rest)"
            )
        ) {
            _ = try network.parameters(fromPyTorch: Array(good.dropFirst()))
        }
        let extra = NamedTensor(name: "fc9.bias", shape: [1], values: [0])
        #expect(
            throws: NetworkError.tensor(
                name: "fc9.bias",
                "the network has no such parameter; it has \(names)"
            )
        ) {
            _ = try network.parameters(fromPyTorch: good + [extra])
        }
        var reshaped = good
        reshaped[0] = NamedTensor(name: "fc1.weight", shape: [4, 7], values: good[0].values)
        #expect(
            throws: NetworkError.tensor(name: "fc1.weight", "has shape [4, 7], expected [7, 4]")
        ) {
            _ = try network.parameters(fromPyTorch: reshaped)
        }
    }

    @Test("layers that do not fit are refused with their place and the reason")
    func misfits() {
        func message(_ layers: [LayerSpecification], _ input: NetworkInput) -> String {
            do {
                let architecture = NetworkArchitecture(
                    input: input,
                    hiddenLayers: layers,
                    outputCount: 2
                )
                _ = try Sequential(architecture)
                return "fits"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            message([.conv2d(filters: 1, kernelSize: 9, stride: 1)], .pixels([1, 8, 8]))
                == "layer 0: a kernel of 9×9 does not fit an image of 8×8"
        )
        #expect(
            message(
                [.dense(units: 3), .conv2d(filters: 1, kernelSize: 1, stride: 1)],
                .pixels([1, 8, 8])
            )
                == "layer 1: a convolution cannot follow a dense layer"
        )
        #expect(
            message([.conv2d(filters: 1, kernelSize: 1, stride: 1)], .numbers(4))
                == "layer 0: a convolution needs observations of shape (frames, height, width), got [4]"
        )
        #expect(
            message([.dense(units: 0)], .numbers(4)) == "layer 0: units must be 1...65536, got 0"
        )
    }

    @Test("a network is written down and read back", arguments: allWithNormalized)
    func json(architecture: NetworkArchitecture) throws {
        var fields = FieldReader(try JSONValue(parsing: architecture.json.text))
        let read = NetworkArchitecture(reading: &fields)
        try fields.finishOrThrow()
        #expect(read == architecture)
    }

    @Test("a layer's faults are named with its place")
    func layerFaults() throws {
        let json = """
            {"layers":[{"type":"conv2d","filters":0,"kernel_size":3},{"type":"pool"},{"units":4,"unit":3}]}
            """
        var fields = FieldReader(try JSONValue(parsing: Array(json.utf8)))
        fields.readObjects("layers", limit: 4) { _ = LayerSpecification(reading: &$0) }
        #expect(
            fields.faults.map(\.description) == [
                "/layers/0/filters: must be a whole number 1...4096, got 0",
                #"/layers/1/type: must be one of "conv2d", "dense", "layer_norm", got "pool""#,
                "/layers/1/units: is missing",
                "/layers/2/type: is missing",
                #"/layers/2/unit: unknown field; did you mean "units"?"#,
            ]
        )
    }

    private func observation(
        _ input: NetworkInput,
        count: Int,
        _ random: inout RandomGenerator
    ) -> [UInt8] {
        switch input.scalar {
        case .uint8:
            (0..<(count * input.byteCount)).map { _ in UInt8(random.integer(below: 256)) }
        case .float32:
            (0..<(count * input.count)).flatMap { _ in
                let bits = (random.unitFloat() * 2 - 1).bitPattern
                return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
            }
        }
    }
}

extension NetworkArchitecture {
    fileprivate var withoutRectification: NetworkArchitecture {
        var linear = self
        linear.hiddenLayers = hiddenLayers.map(\.withoutRectification)
        for index in branches.indices {
            linear.branches[index].hiddenLayers = branches[index].hiddenLayers
                .map(\.withoutRectification)
        }
        return linear
    }
}

extension LayerSpecification {
    fileprivate var withoutRectification: LayerSpecification {
        switch self {
        case .conv2d(let filters, let kernelSize, let stride, let padding, _):
            .conv2d(
                filters: filters,
                kernelSize: kernelSize,
                stride: stride,
                padding: padding,
                activation: .linear
            )
        case .dense(let units, _): .dense(units: units, activation: .linear)
        case .layerNorm: .layerNorm(activation: .linear)
        }
    }
}
