import BackgroundQueues
import JSONFields
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// Noise in the weights of dense layers.
@Suite(.timeLimit(.minutes(5))) struct ParameterNoiseTests {
    @Test("noise of two inputs and one output is factorised, that of the bias the output's")
    func golden() throws {
        let network = try Sequential(
            NetworkArchitecture(
                input: .numbers(2),
                hiddenLayers: [],
                outputCount: 1,
                isNoisy: true
            )
        )
        #expect(network.parameterCount == 6)
        let scale = 0.5 / Float(2).squareRoot()
        let parameters = FloatBuffer(copying: ([0.1, -0.2, 0.3, scale, scale, scale]).span)
        var noise = try ParameterNoise(network)
        // f(0.25) = 0.5, f(−1) = −1, f(4) = 2.
        noise.set([0.25, -1, 4], addingTo: parameters.span)
        let noisy = noise.parameters.array
        #expect(relativeError(Array(noisy[..<3]), [0.453553, -0.907107, 1.007107]) < 1e-6)
        var workspace = try Workspace(
            network: network,
            capacity: 1,
            workers: 1,
            keepsGradients: true
        )
        let input = [Float(1), 2].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        }
        network.forward(
            input.span,
            count: 1,
            parameters: parameters,
            noise: noise,
            workspace: &workspace,
            pool: ComputePool(width: 1)
        )
        let output = network.withOutputGradients(of: &workspace, count: 1) { outputs, slopes in
            slopes[0] = 1
            return outputs[0]
        }
        #expect(abs(output - -0.353553) < 1e-5)
        var gradient = FloatBuffer(count: 6)
        network.backward(
            count: 1,
            parameters: parameters,
            noise: noise,
            workspace: &workspace,
            gradient: &gradient,
            pool: ComputePool(width: 1)
        )
        // ∂y/∂σ = x · f(ε of the input) · f(ε of the output).
        #expect(relativeError(gradient.array, [1, 2, 1, 1, -4, 2]) < 1e-6)
    }

    @Test("scales are σ₀ / √fan_in at first, and the means as without noise")
    func initial() throws {
        let architecture = Self.architecture
        let network = try Sequential(architecture)
        var plain = architecture
        plain.isNoisy = false
        var (random, other) = (RandomGenerator(seed: 3), RandomGenerator(seed: 3))
        let parameters = try network.initialParameters(
            .fanInUniform,
            noiseScale: 0.4,
            using: &random
        )
        let means = try Sequential(plain).initialParameters(.fanInUniform, using: &other).array
        #expect(Array(parameters.array[..<means.count]) == means)
        let tensors = network.pyTorchTensors(of: parameters.span)
        #expect(
            tensors.map(\.name) == [
                "conv1.weight", "conv1.bias", "quantile_embedding.weight",
                "quantile_embedding.bias", "fc1.weight_mu", "fc1.bias_mu", "fc1.weight_sigma",
                "fc1.bias_sigma", "fc2.weight_mu", "fc2.bias_mu", "fc2.weight_sigma",
                "fc2.bias_sigma",
            ]
        )
        for tensor in tensors where tensor.name.hasSuffix("sigma") {
            let fanIn: Float = tensor.name.hasPrefix("fc1") ? 80 : 6
            #expect(tensor.values.allSatisfy { $0 == 0.4 / fanIn.squareRoot() })
        }
        var unequal = parameters.array
        for index in unequal.indices { unequal[index] = Float(index) }
        let block = FloatBuffer(copying: unequal.span)
        let back = try network.parameters(fromPyTorch: network.pyTorchTensors(of: block.span))
        #expect(back.array == unequal)
    }

    @Test("noise has the mean 0 and the standard deviation √(2/π), and another draw is other noise")
    func statistics() throws {
        let network = try Sequential(
            NetworkArchitecture(
                input: .numbers(300),
                hiddenLayers: [],
                outputCount: 300,
                isNoisy: true
            )
        )
        var block = FloatBuffer(count: network.parameterCount)
        var span = block.mutableSpan
        for index in (300 * 301)..<(2 * 300 * 301) { span[index] = 1 }
        var noise = try ParameterNoise(network)
        var random = RandomGenerator(seed: 8)
        var (sum, squares) = (0.0, 0.0)
        var last: [Float] = []
        for _ in 0..<5 {
            noise.draw(from: &random, addingTo: block.span, pool: ComputePool(width: 2))
            let weights = noise.parameters.array[..<90_000]
            sum += weights.reduce(0) { $0 + Double($1) }
            squares += weights.reduce(0) { $0 + Double($1) * Double($1) }
            #expect(Array(weights) != last)
            last = Array(weights)
        }
        // The variance of f(ε) f(ε′) is (E|ε|)² = 2/π.
        #expect(abs(sum / 450_000) < 0.05)
        #expect(abs(squares / 450_000 - 0.6366) < 0.08)
    }

    @Test("an embedding gets no noise, and the same noise comes on any number of cores")
    func cores() throws {
        let network = try Sequential(Self.architecture)
        var random = RandomGenerator(seed: 3)
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        var one = try ParameterNoise(network)
        var three = try ParameterNoise(network)
        var (first, second) = (random, random)
        one.draw(from: &first, addingTo: parameters.span, pool: ComputePool(width: 1))
        three.draw(from: &second, addingTo: parameters.span, pool: ComputePool(width: 3))
        let plain = network.layers[0].all.count + network.layers[1].all.count
        let (noisy, before) = (one.parameters.array, parameters.array)
        #expect(Array(noisy[..<plain]) == Array(before[..<plain]))
        let end = network.layers[3].all.upperBound
        #expect(zip(noisy[plain..<end], before[plain..<end]).allSatisfy { $0 != $1 })
        #expect(Array(three.parameters.array[..<end]) == Array(noisy[..<end]))
    }

    @Test("a noisy network is written and read again")
    func json() throws {
        var fields = FieldReader(try JSONValue(parsing: Self.architecture.json.text))
        #expect(NetworkArchitecture(reading: &fields) == Self.architecture)
        try fields.finishOrThrow()
    }

    private static let architecture = NetworkArchitecture(
        input: .pixels([2, 9, 9]),
        hiddenLayers: [.conv2d(filters: 5, kernelSize: 3, stride: 2), .dense(units: 6)],
        outputCount: 3,
        quantileEmbedding: QuantileEmbedding(cosineCount: 9, firstCosine: 0),
        isNoisy: true
    )
}
