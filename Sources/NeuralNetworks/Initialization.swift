public import RandomNumbers
public import Tensors

/// How parameters are chosen before anything is learned.
public enum Initialization: String, Sendable, CaseIterable {
    /// Weights and biases uniform in ±1/√fan_in: Torch7's default, which DeepMind's DQN used, and
    /// PyTorch's still.
    case fanInUniform = "fan_in_uniform"
    /// Weights uniform in ±√(6/fan_in), biases zero. He et al. 2015, equation 10.
    case heUniform = "he_uniform"
}

extension Sequential {
    /// A block of freshly drawn parameters.
    /// - Throws: `NetworkError.memory` where there is none.
    public func initialParameters(
        _ initialization: Initialization,
        using generator: inout RandomGenerator
    ) throws(NetworkError) -> FloatBuffer {
        var block = try FloatBuffer.allocating(parameterCount, for: "parameters")
        var parameters = block.mutableSpan
        for layer in layers {
            guard !layer.isNormalization else {
                for index in layer.weights { parameters[index] = 1 }
                continue
            }
            let fanIn = Float(layer.fanIn)
            let (weightBound, biasBound): (Float, Float) =
                switch initialization {
                case .fanInUniform: (1 / fanIn.squareRoot(), 1 / fanIn.squareRoot())
                case .heUniform: ((6 / fanIn).squareRoot(), 0)
                }
            for index in layer.weights {
                parameters[index] = (generator.unitFloat() * 2 - 1) * weightBound
            }
            for index in layer.biases {
                parameters[index] = (generator.unitFloat() * 2 - 1) * biasBound
            }
        }
        return block
    }
}
