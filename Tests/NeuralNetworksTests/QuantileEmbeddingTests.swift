import BackgroundQueues
import JSONFields
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// Networks that are asked for quantiles at fractions.
@Suite(.timeLimit(.minutes(5))) struct QuantileEmbeddingTests {
    static let goldens: [(Float, [Float])] = [
        (0.25, [1, 0.707107, 0, -0.707107, -1]), (0.5, [1, 0, -1, 0, 1]), (1, [1, -1, 1, -1, 1]),
        (0, [1, 1, 1, 1, 1]),
    ]

    @Test("a fraction is shown as the cosines of its multiples", arguments: goldens)
    func cosines(fraction: Float, expected: [Float]) {
        let found = QuantileEmbedding(cosineCount: 5, firstCosine: 0).cosines(of: [fraction].span)
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-6) }
        let later = QuantileEmbedding(cosineCount: 4, firstCosine: 1).cosines(of: [fraction].span)
        #expect(later == Array(found.dropFirst()))
    }

    /// Convolutions, hidden layers and the bare input as trunk.
    static let trunks: [(NetworkInput, [LayerSpecification])] = [
        (.pixels([2, 9, 9]), [.conv2d(filters: 5, kernelSize: 3, stride: 2), .dense(units: 7)]),
        (.numbers(4), .mlp(6, 5)), (.numbers(3), []),
    ]

    @Test("outputs are those of the formula", arguments: Kernels.available, [false, true])
    func formula(kernels: Kernels, isForked: Bool) throws {
        let architecture = Self.architecture(.numbers(4), .mlp(6, 5), isForked: isForked)
        let network = try Sequential(architecture, kernels: kernels, fractionCount: 3)
        var random = RandomGenerator(seed: 4)
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        let fractions = (0..<6).map { _ in random.unitFloat() }
        let (values, bytes) = random.observations(2, .numbers(4))
        let outputs = try pass(network, parameters, bytes, fractions, count: 2).outputs
        let tensors = Dictionary(
            uniqueKeysWithValues: network.pyTorchTensors(of: parameters.span).map { ($0.name, $0) }
        )
        var expected: [Double] = []
        func dense(_ name: String, _ input: [Double], rectifies: Bool) throws -> [Double] {
            let weight = try #require(tensors["\(name).weight"]?.values)
            let bias = try #require(tensors["\(name).bias"]?.values)
            return bias.indices.map { row in
                let sum = input.indices.reduce(Double(bias[row])) {
                    $0 + Double(weight[row * input.count + $1]) * input[$1]
                }
                return rectifies ? max(0, sum) : sum
            }
        }
        for row in 0..<2 {
            let trunk = try dense("fc1", values[row].map(Double.init), rectifies: true)
            for fraction in fractions[(row * 3)..<(row * 3 + 3)] {
                let cosines = (0..<9).map {
                    cosineOfHalfTurns(Double($0) * Double(fraction))
                }
                let embedded = try dense("quantile_embedding", cosines, rectifies: true)
                let product = zip(trunk, embedded).map { $0 * $1 }
                let last = try dense("fc2", product, rectifies: true)
                guard isForked else {
                    expected += try dense("fc3", last, rectifies: false)
                    continue
                }
                let value = try dense("value.fc1", last, rectifies: false)[0]
                let advantages = try dense("advantage.fc1", last, rectifies: false)
                let mean = advantages.reduce(0, +) / 2
                expected += advantages.map { value + $0 - mean }
            }
        }
        #expect(relativeError(outputs, expected) < kernels.gradientTolerance)
    }

    @Test(
        "gradients are those of finite differences, on any number of cores",
        arguments: trunks,
        [false, true]
    )
    func gradient(
        trunk: (input: NetworkInput, layers: [LayerSpecification]),
        isForked: Bool
    ) throws {
        let architecture = Self.architecture(trunk.input, trunk.layers, isForked: isForked)
        let network = try Sequential(architecture, fractionCount: 4)
        var random = RandomGenerator(seed: 9)
        var parameters = try network.initialParameters(.fanInUniform, using: &random)
        let count = 5
        let fractions = (0..<(4 * count)).map { _ in random.unitFloat() }
        let bytes = random.observations(count, trunk.input).bytes
        let slopes = random.floats(count * 4 * 2)
        let whole = try pass(network, parameters, bytes, fractions, slopes, count: count)
        let again = try pass(network, parameters, bytes, fractions, slopes, count: count, cores: 3)
        #expect(again.outputs == whole.outputs && again.gradient == whole.gradient)
        func sum(_ parameters: borrowing FloatBuffer) throws -> Double {
            let outputs = try pass(network, parameters, bytes, fractions, count: count).outputs
            return zip(outputs, slopes).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        var (found, expected) = ([Float](), [Double]())
        for layer in network.layers {
            for index in [layer.weights.lowerBound, layer.weights.upperBound - 1]
                + [layer.biases.lowerBound]
            {
                let step = Float(1e-3)
                var sums: [Double] = []
                for step in [step, -step] {
                    let before = parameters.span[index]
                    var span = parameters.mutableSpan
                    span[index] = before + step
                    sums.append(try sum(parameters))
                    var back = parameters.mutableSpan
                    back[index] = before
                }
                expected.append((sums[0] - sums[1]) / Double(2 * step))
                found.append(whole.gradient[index])
            }
        }
        #expect(relativeError(found, expected) < 2e-2)
    }

    @Test("a state's quantiles do not depend on the batch, or on how many others are asked for")
    func independence() throws {
        let input = Self.trunks[0].0
        let architecture = Self.architecture(input, Self.trunks[0].1, isForked: true)
        var random = RandomGenerator(seed: 9)
        let one = try Sequential(architecture)
        let parameters = try one.initialParameters(.fanInUniform, using: &random)
        let bytes = random.observations(6, input).bytes
        let fractions = (0..<48).map { _ in random.unitFloat() }
        let eight = try one.asked(fractionCount: 8)
        let all = try pass(eight, parameters, bytes, fractions, count: 6).outputs
        for row in 0..<6 {
            let own = Array(bytes[(row * input.byteCount)..<((row + 1) * input.byteCount)])
            let alone = try pass(
                eight,
                parameters,
                own,
                Array(fractions[(row * 8)..<(row * 8 + 8)]),
                count: 1
            )
            #expect(alone.outputs == Array(all[(row * 16)..<(row * 16 + 16)]))
            let first = try pass(one, parameters, own, [fractions[row * 8]], count: 1)
            #expect(
                relativeError(first.outputs, all[(row * 16)..<(row * 16 + 2)].map(Double.init))
                    < 1e-5
            )
        }
    }

    @Test("parameters go to PyTorch's layout and back", arguments: trunks)
    func layout(trunk: (input: NetworkInput, layers: [LayerSpecification])) throws {
        let network = try Sequential(
            Self.architecture(trunk.input, trunk.layers, isForked: true)
        )
        var random = RandomGenerator(seed: 1)
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        let tensors = network.pyTorchTensors(of: parameters.span)
        let embedding = try #require(tensors.first { $0.name == "quantile_embedding.weight" })
        #expect(embedding.shape[1] == 9)
        #expect(try network.parameters(fromPyTorch: tensors).array == parameters.array)
        let before = try #require(tensors.first { $0.name == "quantile_embedding.bias" }).values
        guard trunk.input.shape.count == 3 else { return }
        // An image of 4 × 4 pixels and 5 channels: (pixel, channel) here is (channel, pixel) there.
        let own = try #require(network.layers.first { $0.name == "quantile_embedding" })
        #expect(before[16 * 2 + 3] == parameters.array[own.biases.lowerBound + 3 * 5 + 2])
    }

    @Test("a network with an embedding is written and read again")
    func json() throws {
        let architecture = Self.architecture(.numbers(4), .mlp(6), isForked: true)
        var fields = FieldReader(try JSONValue(parsing: architecture.json.text))
        #expect(NetworkArchitecture(reading: &fields) == architecture)
        try fields.finishOrThrow()
    }

    /// Two actions and nine cosines.
    private static func architecture(
        _ input: NetworkInput,
        _ layers: [LayerSpecification],
        isForked: Bool
    ) -> NetworkArchitecture {
        NetworkArchitecture(
            input: input,
            hiddenLayers: layers,
            outputCount: 2,
            branches: isForked
                ? [
                    NetworkBranch(name: "value", hiddenLayers: [], outputCount: 1),
                    NetworkBranch(name: "advantage", hiddenLayers: [], outputCount: 2),
                ] : [],
            join: isForked ? .dueling : .concatenation,
            quantileEmbedding: QuantileEmbedding(cosineCount: 9, firstCosine: 0)
        )
    }

    private func pass(
        _ network: Sequential,
        _ parameters: borrowing FloatBuffer,
        _ bytes: [UInt8],
        _ fractions: [Float],
        _ slopes: [Float] = [],
        count: Int,
        cores: Int = 1
    ) throws -> (outputs: [Float], gradient: [Float]) {
        var workspace = try Workspace(
            network: network,
            capacity: count,
            workers: cores,
            keepsGradients: true
        )
        network.setFractions(fractions.span, in: &workspace)
        let pool = ComputePool(width: cores)
        network.forward(
            bytes.span,
            count: count,
            parameters: parameters,
            workspace: &workspace,
            pool: pool
        )
        let outputs = network.withOutputGradients(of: &workspace, count: count) {
            if !slopes.isEmpty { $1.copy(from: slopes.span) }
            return Array(copying: $0)
        }
        guard !slopes.isEmpty else { return (outputs, []) }
        var gradient = FloatBuffer(count: network.parameterCount)
        network.backward(
            count: count,
            parameters: parameters,
            workspace: &workspace,
            gradient: &gradient,
            pool: pool
        )
        return (outputs, gradient.array)
    }
}

extension RandomGenerator {
    /// Observations of random numbers, and their bytes.
    fileprivate mutating func observations(
        _ count: Int,
        _ input: NetworkInput
    ) -> (values: [[Float]], bytes: [UInt8]) {
        if input.scalar == .uint8 {
            return ([], (0..<(count * input.count)).map { _ in UInt8(integer(below: 256)) })
        }
        let values = (0..<count).map { _ in floats(input.count) }
        let bytes = values.joined().flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
        return (values, bytes)
    }
}
