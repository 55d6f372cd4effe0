internal import JSONFields
internal import Tensors

/// s ← ρs + (1−ρ)∂², g ← ρg + (1−ρ)∂ if centred, b ← μb + ∂ / (√(s − g²) + ε), θ ← θ − α b.
///
/// Agrees with `torch.optim.RMSprop`.
public struct RMSProp: Equatable, Sendable {
    /// α.
    public var learningRate: Float = 0.01
    /// ρ, PyTorch's `alpha`.
    public var squaredGradientDecay: Float = 0.99
    /// ε, outside the root.
    public var epsilon: Float = 1e-8
    /// μ.
    public var momentum: Float = 0
    /// Whether the squared gradient is measured from its running mean.
    public var isCentered = false

    /// PyTorch's defaults.
    public init() {}

    func step(
        _ parameters: inout MutableSpan<Float>,
        gradient: Span<Float>,
        gradientScale: Float,
        meanGradient: inout MutableSpan<Float>,
        meanSquare: inout MutableSpan<Float>,
        velocity: inout MutableSpan<Float>
    ) {
        updateByRMSProp(
            &parameters,
            gradient: gradient,
            gradientScale: gradientScale,
            meanGradient: &meanGradient,
            meanSquare: &meanSquare,
            velocity: &velocity,
            learningRate: learningRate,
            squaredGradientDecay: squaredGradientDecay,
            meanStep: isCentered ? 1 - squaredGradientDecay : 0,
            epsilon: epsilon,
            momentum: momentum
        )
    }
}

extension RMSProp {
    /// Takes in what is given, and leaves the rest as it was.
    mutating func read(_ fields: inout FieldReader) {
        fields.read("learning_rate", in: 0...10, into: &learningRate)
        fields.read("squared_gradient_decay", in: 0...1, into: &squaredGradientDecay)
        fields.read("epsilon", in: 0...1000, into: &epsilon)
        fields.read("momentum", in: 0...1, into: &momentum)
        fields.read("centered", into: &isCentered)
    }

    var json: JSONValue {
        [
            "type": "rmsprop",
            "learning_rate": .single(learningRate),
            "squared_gradient_decay": .single(squaredGradientDecay),
            "epsilon": .single(epsilon),
            "momentum": .single(momentum),
            "centered": .bool(isCentered),
        ]
    }
}
