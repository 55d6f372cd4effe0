import NeuralNetworks
import RandomNumbers
import Tensors

/// The Nature network with four actions.
func natureNetwork(_ kernels: Kernels) throws -> Sequential {
    try Sequential(
        NetworkArchitecture(input: .pixels([4, 84, 84]), hiddenLayers: .nature, outputCount: 4),
        kernels: kernels
    )
}

/// A layer of the Nature network, by its sizes.
enum NatureLayer {
    case convolution(ConvolutionShape)
    case dense(inputs: Int, outputs: Int)

    static var all: [(name: String, layer: NatureLayer)] {
        let convolutions = [(84, 4, 32, 8, 4), (20, 32, 64, 4, 2), (9, 64, 64, 3, 1)]
        var layers = convolutions.compactMap { size, channels, filters, kernel, stride in
            ConvolutionShape(
                inputHeight: size,
                inputWidth: size,
                inputChannels: channels,
                outputChannels: filters,
                kernelSize: kernel,
                stride: stride
            )
            .map(NatureLayer.convolution)
        }
        layers += [.dense(inputs: 3_136, outputs: 512), .dense(inputs: 512, outputs: 4)]
        return Array(zip(["conv1", "conv2", "conv3", "fc1", "fc2"], layers))
    }

    /// Additions and multiplications of one observation, forward.
    var operations: Double {
        switch self {
        case .convolution(let shape):
            Double(2 * shape.positionCount * shape.patchLength * shape.outputChannels)
        case .dense(let inputs, let outputs): Double(2 * inputs * outputs)
        }
    }

    /// Those of all layers.
    static var forwardOperations: Double {
        all.reduce(0) { $0 + $1.layer.operations }
    }

    /// Those of a gradient step of one sample: two passes forward, and back for every parameter and
    /// every input but the observation itself.
    static var gradientStepOperations: Double {
        forwardOperations * 4 - all[0].layer.operations
    }
}

/// Bytes like those of a screen, the same at every run.
func observations(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = RandomGenerator(seed: seed)
    return (0..<count).map { _ in UInt8(random.integer(below: 256)) }
}

/// Numbers of −1 … 1, the same at every run.
func numbers(_ count: Int, seed: UInt64) -> FloatBuffer {
    var random = RandomGenerator(seed: seed)
    var buffer = FloatBuffer(count: count)
    var span = buffer.mutableSpan
    for index in span.indices { span[index] = random.unitFloat() * 2 - 1 }
    return buffer
}
