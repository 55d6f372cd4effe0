import BackgroundQueues
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// Networks whose layers' outputs are normalized.
@Suite(.timeLimit(.minutes(5))) struct LayerNormTests {
    /// Shared out by images and weights, and by observations: those of make_layer_norm.py.
    static let architectures: [NetworkArchitecture] = [
        NetworkArchitecture(
            input: .pixels([2, 9, 8]),
            hiddenLayers: ([
                .conv2d(filters: 5, kernelSize: 3, stride: 2),
                .conv2d(filters: 6, kernelSize: 2, stride: 1), .dense(units: 16),
            ] as [LayerSpecification]).normalized,
            outputCount: 3
        ),
        NetworkArchitecture(
            input: .numbers(4),
            hiddenLayers: [
                .dense(units: 20, activation: .linear), .layerNorm(),
                .dense(units: 9, activation: .linear), .layerNorm(activation: .linear),
            ],
            outputCount: 3
        ),
    ]

    struct Fixture: Decodable {
        struct Network: Decodable {
            var outputs: [Double]
            var gradients: [String: [Double]]
        }

        var image: Network
        var numbers: Network
    }

    @Test(
        "outputs and gradients agree with PyTorch, on any number of cores",
        arguments: Kernels.available,
        [0, 1]
    )
    func pyTorch(kernels: Kernels, number: Int) throws {
        let file = try fixture("PyTorch/layer_norm.json", as: Fixture.self)
        let expected = number == 0 ? file.image : file.numbers
        let network = try Sequential(Self.architectures[number], kernels: kernels)
        let parameters = try network.parameters(fromPyTorch: NatureFixture.drawTensors(network))
        let count = number == 0 ? 5 : 21
        let input = network.architecture.input
        let size = count * input.count
        let observations =
            number == 0
            ? mixed(size, stream: 50).map { UInt8(truncatingIfNeeded: $0) }
            : unit(size, stream: 50).flatMap { self.bytes(of: Float($0 * 2 - 1)) }
        let slopes = unit(count * 3, stream: 51).map { Float($0 - 0.5) }
        let found = try pass(network, parameters, observations, slopes, count: count, cores: 1)
        #expect(relativeError(found.outputs, expected.outputs) < kernels.tolerance)
        let gradient = FloatBuffer(copying: found.gradient.span)
        for tensor in network.pyTorchTensors(of: gradient.span) {
            let theirs = try #require(expected.gradients[tensor.name])
            // A layer's bias is taken away by the normalization: its gradient is nothing but
            // rounding.
            // Rounded factors send a rectified number to the other side now and then, which a
            // normalization of few numbers spreads over all of them.
            let tolerance = kernels.isRounded ? 0.5 : kernels.gradientTolerance
            let largest = max(theirs.map(abs).max() ?? 0, 1e-3)
            #expect(
                relativeError(tensor.values, theirs, largest: largest) < tolerance,
                "\(tensor.name)"
            )
        }
        for cores in [2, 3] {
            let again = try pass(
                network,
                parameters,
                observations,
                slopes,
                count: count,
                cores: cores
            )
            #expect(again.outputs == found.outputs && again.gradient == found.gradient)
        }
    }

    @Test(
        "an observation's outputs do not depend on the others in its batch",
        arguments: Kernels.available.filter { !$0.roundsByShape },
        architectures
    )
    func alone(kernels: Kernels, architecture: NetworkArchitecture) throws {
        let network = try Sequential(architecture, kernels: kernels)
        var random = RandomGenerator(seed: 2)
        let parameters = try network.initialParameters(.heUniform, using: &random)
        let bytes = (0..<(9 * architecture.input.count)).flatMap { _ in
            architecture.input.scalar == .uint8
                ? [UInt8(random.integer(below: 256))] : self.bytes(of: random.unitFloat())
        }
        var all: [Float] = []
        for (capacity, counts) in [(9, [9]), (3, [1, 2, 3, 1, 2])] {
            var workspace = try Workspace(
                network: network,
                capacity: capacity,
                workers: 2,
                keepsGradients: false
            )
            var (found, first) = ([Float](), 0)
            for count in counts {
                let size = architecture.input.byteCount
                network.forward(
                    bytes.span.extracting((first * size)..<((first + count) * size)),
                    count: count,
                    parameters: parameters,
                    workspace: &workspace,
                    pool: ComputePool(width: 2)
                )
                found += Array(copying: network.outputs(of: workspace, count: count))
                first += count
            }
            if all.isEmpty { all = found }
            #expect(found == all)
        }
    }

    @Test("scales begin at 1 and shifts at 0, and the other layers as without them")
    func initialization() throws {
        let network = try Sequential(Self.architectures[1])
        var (random, other) = (RandomGenerator(seed: 5), RandomGenerator(seed: 5))
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        let tensors = network.pyTorchTensors(of: parameters.span)
        let plain = try Sequential(
            NetworkArchitecture(input: .numbers(4), hiddenLayers: .mlp(20, 9), outputCount: 3)
        )
        let plainParameters = try plain.initialParameters(.fanInUniform, using: &other)
        let others = plain.pyTorchTensors(of: plainParameters.span)
        #expect(tensors.filter { $0.name.hasPrefix("fc") } == others)
        for tensor in tensors where tensor.name.hasPrefix("norm") {
            let value: Float = tensor.name.hasSuffix("weight") ? 1 : 0
            #expect(tensor.values.allSatisfy { $0 == value })
        }
    }

    @Test("a normalization that follows no layer, or one with an activation, is refused")
    func misfits() {
        func error(_ layers: [LayerSpecification]) -> NetworkError? {
            let architecture = NetworkArchitecture(
                input: .numbers(4),
                hiddenLayers: layers,
                outputCount: 2
            )
            do throws(NetworkError) {
                _ = try Sequential(architecture)
                return nil
            } catch {
                return error
            }
        }
        let follows = "a layer_norm must follow a convolution or a dense layer"
        #expect(error([.layerNorm()]) == .layer(index: 0, follows))
        let linear = LayerSpecification.dense(units: 3, activation: .linear)
        #expect(error([linear, .layerNorm(), .layerNorm()]) == .layer(index: 2, follows))
        #expect(
            error([.dense(units: 3), .layerNorm()])
                == .layer(
                    index: 1,
                    "a layer_norm must follow a layer whose activation is linear, got relu"
                )
        )
    }

    private func bytes(of number: Float) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
    }
}
