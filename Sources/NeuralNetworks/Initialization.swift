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
    /// A block of freshly drawn parameters; the scales of noise are `noiseScale` / √fan_in.
    /// - Throws: `NetworkError.memory` where there is none.
    public func initialParameters(
        _ initialization: Initialization,
        noiseScale: Float = 0.5,
        using generator: inout RandomGenerator
    ) throws(NetworkError) -> FloatBuffer {
        var block = try FloatBuffer.allocating(parameterCount, for: "parameters")
        var parameters = block.mutableSpan
        draw(initialization, noiseScale: noiseScale, using: &generator) { place, value in
            parameters[place] = value
        }
        return block
    }

    /// Draws all parameters anew: those of convolutions, and of what normalizes them, keep a share of what
    /// they were, those of dense layers nothing.
    ///
    /// - Parameters:
    ///   - parameters: A block of the network's parameters; changed.
    ///   - share: What convolutions keep, 0 … 1.
    ///   - initialization: How parameters are drawn.
    ///   - noiseScale: As for ``initialParameters(_:noiseScale:using:)``.
    ///   - generator: Where they come from.
    public func redraw(
        _ parameters: inout FloatBuffer,
        keeping share: Float,
        _ initialization: Initialization,
        noiseScale: Float = 0.5,
        using generator: inout RandomGenerator
    ) {
        precondition(parameters.count == parameterCount)
        let kept = convolutionParameterCount
        var block = parameters.mutableSpan
        draw(initialization, noiseScale: noiseScale, using: &generator) { place, value in
            block[place] =
                place < kept && share > 0 ? share * block[place] + (1 - share) * value : value
        }
    }

    /// Gives a fresh value for every parameter, in the order of the layers.
    private func draw(
        _ initialization: Initialization,
        noiseScale: Float,
        using generator: inout RandomGenerator,
        _ take: (_ place: Int, _ value: Float) -> Void
    ) {
        for layer in layers {
            guard !layer.isNormalization else {
                for index in layer.weights { take(index, 1) }
                for index in layer.biases { take(index, 0) }
                continue
            }
            let fanIn = Float(layer.fanIn)
            let (weightBound, biasBound): (Float, Float) =
                switch initialization {
                case .fanInUniform: (1 / fanIn.squareRoot(), 1 / fanIn.squareRoot())
                case .heUniform: ((6 / fanIn).squareRoot(), 0)
                }
            for index in layer.weights {
                take(index, (generator.unitFloat() * 2 - 1) * weightBound)
            }
            for index in layer.biases {
                take(index, (generator.unitFloat() * 2 - 1) * biasBound)
            }
        }
        var scale = plainParameterCount
        for layer in noisyLayers {
            for _ in layer.all {
                take(scale, noiseScale / Float(layer.fanIn).squareRoot())
                scale += 1
            }
        }
    }
}
