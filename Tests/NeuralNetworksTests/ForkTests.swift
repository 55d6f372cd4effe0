import BackgroundQueues
import JSONFields
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// Networks whose last hidden layer is read by several branches.
@Suite(.timeLimit(.minutes(5))) struct ForkTests {
    /// Shared out by observations, by rows or images and weights, and without a dense trunk.
    static let architectures: [NetworkArchitecture] = [
        forked(.numbers(4), .mlp(20, 9)),
        forked(.numbers(3), []),
        forked(.pixels([4, 10, 10]), .grid),
        forked(.pixels([2, 9, 9]), [.conv2d(filters: 5, kernelSize: 3, stride: 2)]),
    ]

    private static func forked(
        _ input: NetworkInput,
        _ trunk: [LayerSpecification]
    ) -> NetworkArchitecture {
        NetworkArchitecture(
            input: input,
            hiddenLayers: trunk,
            outputCount: 6,
            branches: [
                NetworkBranch(name: "value", hiddenLayers: .mlp(7), outputCount: 1),
                NetworkBranch(name: "advantage", hiddenLayers: .mlp(8, 6), outputCount: 3),
                NetworkBranch(name: "other", hiddenLayers: [], outputCount: 2),
            ]
        )
    }

    @Test("a branch's parameters have its name before theirs")
    func names() throws {
        let network = try Sequential(Self.architectures[0])
        let tensors = network.pyTorchTensors(of: FloatBuffer(count: network.parameterCount).span)
        let weights = tensors.filter { $0.name.hasSuffix("weight") }
        #expect(
            weights.map { "\($0.name) \($0.shape)" } == [
                "fc1.weight [20, 4]", "fc2.weight [9, 20]",
                "value.fc1.weight [7, 9]", "value.fc2.weight [1, 7]",
                "advantage.fc1.weight [8, 9]", "advantage.fc2.weight [6, 8]",
                "advantage.fc3.weight [3, 6]", "other.fc1.weight [2, 9]",
            ]
        )
    }

    @Test(
        "outputs and gradients are those of networks that have one branch each",
        arguments: Kernels.available,
        architectures
    )
    func naive(kernels: Kernels, architecture: NetworkArchitecture) throws {
        let network = try Sequential(architecture, kernels: kernels)
        var random = RandomGenerator(seed: 7)
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        let tensors = network.pyTorchTensors(of: parameters.span)
        for count in [2, 21] {
            let bytes = (0..<(count * architecture.input.count)).flatMap { _ in
                let value = random.unitFloat().bitPattern
                return (0..<architecture.input.scalar.byteCount).map {
                    UInt8(truncatingIfNeeded: value >> (8 * UInt32($0)))
                }
            }
            let slopes = random.floats(count * 6)
            let whole = try pass(network, parameters, bytes, slopes, count: count, cores: 1)
            let again = try pass(network, parameters, bytes, slopes, count: count, cores: 3)
            #expect(again.outputs == whole.outputs && again.gradient == whole.gradient)

            var sums: [String: [Double]] = [:]
            var first = 0
            for branch in architecture.branches {
                let columns = first..<(first + branch.outputCount)
                let alone = try Sequential(architecture.with(only: branch), kernels: kernels)
                let names = architecture.names(in: branch)
                let own = try alone.parameters(
                    fromPyTorch: tensors.compactMap { tensor in
                        names[tensor.name].map {
                            NamedTensor(name: $0, shape: tensor.shape, values: tensor.values)
                        }
                    }
                )
                func picked(_ rows: [Float]) -> [Float] {
                    (0..<count).flatMap { row in columns.map { rows[row * 6 + $0] } }
                }
                let part = try pass(alone, own, bytes, picked(slopes), count: count, cores: 1)
                #expect(part.outputs == picked(whole.outputs), "\(branch.name)")
                let gradient = FloatBuffer(copying: part.gradient.span)
                let theirs = alone.pyTorchTensors(of: gradient.span)
                for (name, ownName) in names {
                    let values = try #require(theirs.first { $0.name == ownName }).values
                    let sum = sums[name] ?? Array(repeating: 0, count: values.count)
                    sums[name] = zip(sum, values).map { $0 + Double($1) }
                }
                first = columns.upperBound
            }
            let gradient = FloatBuffer(copying: whole.gradient.span)
            for tensor in network.pyTorchTensors(of: gradient.span) {
                let sum = try #require(sums[tensor.name])
                #expect(relativeError(tensor.values, sum) < kernels.gradientTolerance)
            }
        }
    }

    @Test("a network without branches is written as it always was")
    func json() throws {
        let plain = NetworkArchitecture(input: .numbers(2), hiddenLayers: .mlp(3), outputCount: 1)
        #expect(!String(decoding: plain.json.text, as: UTF8.self).contains("branches"))
    }

    @Test("branches that do not fit are refused with the reason")
    func misfits() throws {
        var architecture = Self.architectures[0]
        architecture.outputCount = 7
        #expect(throws: NetworkError.ends("the branches give out 6 numbers, the network 7")) {
            _ = try Sequential(architecture)
        }
        architecture = Self.architectures[0]
        architecture.branches[1].name = "value"
        #expect(throws: NetworkError.self) { _ = try Sequential(architecture) }
        architecture.branches[1].name = "a.b"
        #expect(throws: NetworkError.self) { _ = try Sequential(architecture) }
        architecture = Self.architectures[3]
        architecture.branches[0].hiddenLayers = [.conv2d(filters: 1, kernelSize: 1, stride: 1)]
        #expect(throws: NetworkError.layer(index: 1, "a branch has dense layers alone")) {
            _ = try Sequential(architecture)
        }
    }
}

extension NetworkArchitecture {
    /// The network that the trunk and one branch are by themselves.
    fileprivate func with(only branch: NetworkBranch) -> NetworkArchitecture {
        NetworkArchitecture(
            input: input,
            hiddenLayers: hiddenLayers + branch.hiddenLayers,
            outputCount: branch.outputCount
        )
    }

    /// What the parameters of the trunk and one branch are called in that network.
    fileprivate func names(in branch: NetworkBranch) -> [String: String] {
        var names: [String: String] = [:]
        let convolutions = hiddenLayers.filter { if case .conv2d = $0 { true } else { false } }
            .count
        let denses = hiddenLayers.count - convolutions
        for kind in ["weight", "bias"] {
            for number in 0..<convolutions {
                names["conv\(number + 1).\(kind)"] = "conv\(number + 1).\(kind)"
            }
            for number in 0..<denses {
                names["fc\(number + 1).\(kind)"] = "fc\(number + 1).\(kind)"
            }
            for number in 0...branch.hiddenLayers.count {
                names["\(branch.name).fc\(number + 1).\(kind)"] =
                    "fc\(denses + number + 1).\(kind)"
            }
        }
        return names
    }
}
