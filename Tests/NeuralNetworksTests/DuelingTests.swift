import BackgroundQueues
import JSONFields
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// Networks that fork into a value and advantages.
@Suite(.timeLimit(.minutes(5))) struct DuelingTests {
    @Test("a value of 2 and advantages of 1, 3 and 5 are Q-values of 0, 2 and 4")
    func golden() throws {
        let network = try Sequential(Self.forked(.numbers(1), [], width: 1, hidden: []))
        // The input is 0, so that the outputs are the biases: of the value, of the advantages.
        for constant in [0, 7] as [Float] {
            let biases: [Float] = [1 + constant, 3 + constant, 5 + constant]
            let parameters = FloatBuffer(copying: ([0, 2, 0, 0, 0] + biases).span)
            let bytes = [UInt8](repeating: 0, count: 4)
            let pass = try pass(network, parameters, bytes, [1, 0, 0], count: 1, cores: 1)
            #expect(pass.outputs == [0, 2, 4])
            // ∂q₀/∂V = 1, ∂q₀/∂A = 1 − ⅓, −⅓, −⅓.
            let slopes = [pass.gradient[1]] + pass.gradient[5...]
            #expect(relativeError(slopes, [1, 2.0 / 3, -1.0 / 3, -1.0 / 3]) < 1e-6)
        }
    }

    /// Shared out by observations, by rows or images and weights.
    static let cases: [(NetworkInput, [LayerSpecification])] = [
        (.numbers(4), .mlp(20)), (.pixels([4, 10, 10]), .grid),
        (.pixels([2, 9, 9]), [.conv2d(filters: 5, kernelSize: 3, stride: 2)]),
    ]

    @Test(
        "outputs and gradients follow from those of the branches one after the other",
        arguments: [1, 51],
        cases
    )
    func naive(width: Int, example: (input: NetworkInput, trunk: [LayerSpecification])) throws {
        let architecture = Self.forked(example.input, example.trunk, width: width, hidden: .mlp(7))
        var apart = architecture
        apart.join = .concatenation
        apart.outputCount = 4 * width
        let (network, other) = (try Sequential(architecture), try Sequential(apart))
        var random = RandomGenerator(seed: 7)
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        for count in [2, 21] {
            let bytes = (0..<(count * architecture.input.count)).flatMap { _ in
                let value = random.unitFloat().bitPattern
                return (0..<architecture.input.scalar.byteCount).map {
                    UInt8(truncatingIfNeeded: value >> (8 * UInt32($0)))
                }
            }
            let slopes = random.floats(count * 3 * width)
            let whole = try pass(network, parameters, bytes, slopes, count: count, cores: 1)
            let again = try pass(network, parameters, bytes, slopes, count: count, cores: 3)
            #expect(again.outputs == whole.outputs && again.gradient == whole.gradient)

            let others = [Float](repeating: 0, count: count * 4 * width)
            let raw = try pass(other, parameters, bytes, others, count: count, cores: 1).outputs
            var (expected, expectedSlopes) = ([Double](), others)
            for row in 0..<count {
                for action in 0..<3 {
                    for atom in 0..<width {
                        func advantage(_ action: Int) -> Double {
                            Double(raw[(row * 4 + 1 + action) * width + atom])
                        }
                        let mean = (advantage(0) + advantage(1) + advantage(2)) / 3
                        expected.append(
                            Double(raw[row * 4 * width + atom]) + advantage(action) - mean
                        )
                        func slope(_ action: Int) -> Float {
                            slopes[(row * 3 + action) * width + atom]
                        }
                        let sum = slope(0) + slope(1) + slope(2)
                        expectedSlopes[row * 4 * width + atom] = sum
                        expectedSlopes[(row * 4 + 1 + action) * width + atom] =
                            slope(action) - sum / 3
                    }
                }
            }
            #expect(relativeError(whole.outputs, expected) < 1e-5)
            let chained = try pass(other, parameters, bytes, expectedSlopes, count: count, cores: 1)
            #expect(relativeError(whole.gradient, chained.gradient.map(Double.init)) < 1e-5)
        }
    }

    @Test("a network with a duel is written and read again")
    func json() throws {
        let architecture = Self.forked(.numbers(2), .mlp(3), width: 5, hidden: .mlp(4))
        var fields = FieldReader(try JSONValue(parsing: architecture.json.text))
        #expect(NetworkArchitecture(reading: &fields) == architecture)
        try fields.finishOrThrow()
    }

    @Test("branches that are no value and advantages are refused")
    func misfits() {
        var architecture = Self.forked(.numbers(2), [], width: 2, hidden: [])
        architecture.branches[0].outputCount = 4
        #expect(throws: NetworkError.self) { _ = try Sequential(architecture) }
        architecture = Self.forked(.numbers(2), [], width: 2, hidden: [])
        architecture.branches.removeLast()
        #expect(throws: NetworkError.self) { _ = try Sequential(architecture) }
    }

    private static func forked(
        _ input: NetworkInput,
        _ trunk: [LayerSpecification],
        width: Int,
        hidden: [LayerSpecification]
    ) -> NetworkArchitecture {
        NetworkArchitecture(
            input: input,
            hiddenLayers: trunk,
            outputCount: 3 * width,
            branches: [
                NetworkBranch(name: "value", hiddenLayers: hidden, outputCount: width),
                NetworkBranch(name: "advantage", hiddenLayers: hidden, outputCount: 3 * width),
            ],
            join: .dueling
        )
    }
}
