import BackgroundQueues
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// Networks so small that cores share their passes by observations.
@Suite(.timeLimit(.minutes(5))) struct ByObservationsTests {
    private static let architecture = NetworkArchitecture(
        input: .numbers(4),
        hiddenLayers: .mlp(256, 130),
        outputCount: 3
    )

    @Test(
        "a batch's outputs and gradient are those of its observations, on any number of cores",
        arguments: Kernels.available,
        [1, 31, 32, 33, 70]
    )
    func batch(kernels: Kernels, count: Int) throws {
        let network = try Sequential(Self.architecture, kernels: kernels)
        var random = RandomGenerator(seed: UInt64(count))
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        let slopes = random.floats(count * 3)
        let observations = random.floats(count * 4).flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        }

        /// What some observations give, and the gradient of Σ slope · output.
        func pass(_ samples: Range<Int>, cores: Int) throws -> (outputs: [Float], gradient: [Float])
        {
            var workspace = try Workspace(
                network: network,
                capacity: samples.count,
                workers: cores,
                keepsGradients: true
            )
            let (pool, count) = (ComputePool(width: cores), samples.count)
            var gradient = FloatBuffer(count: network.parameterCount)
            network.forward(
                observations.span.extracting((samples.lowerBound * 16)..<(samples.upperBound * 16)),
                count: count,
                parameters: parameters,
                workspace: &workspace,
                pool: pool
            )
            let outputs = Array(copying: network.outputs(of: workspace, count: count))
            network.withOutputGradients(of: &workspace, count: count) {
                let part = (samples.lowerBound * 3)..<(samples.upperBound * 3)
                $1.copy(from: slopes.span.extracting(part))
            }
            network.backward(
                count: count,
                parameters: parameters,
                workspace: &workspace,
                gradient: &gradient,
                pool: pool
            )
            return (outputs, gradient.array)
        }

        let whole = try pass(0..<count, cores: 1)
        for cores in [2, 3] {
            let again = try pass(0..<count, cores: cores)
            #expect(again.outputs == whole.outputs)
            #expect(again.gradient == whole.gradient)
        }
        var sum = [Double](repeating: 0, count: network.parameterCount)
        for sample in 0..<count {
            let one = try pass(sample..<(sample + 1), cores: 1)
            #expect(one.outputs == Array(whole.outputs[(sample * 3)..<(sample * 3 + 3)]))
            for (index, slope) in one.gradient.enumerated() { sum[index] += Double(slope) }
        }
        #expect(relativeError(whole.gradient, sum) < kernels.gradientTolerance)
    }
}
