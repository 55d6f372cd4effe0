public import JSONFields
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

extension RMSProp: Settings {
    /// The constants as users write them.
    public static let settings: [Setting<RMSProp>] = [
        .constant("type", "rmsprop", "RMSProp in the form of PyTorch."),
        .learningRate(\.learningRate),
        .number(
            "squared_gradient_decay",
            \.squaredGradientDecay,
            in: 0...1,
            "ρ: how much of the running mean of squared gradients stays at each update.",
            source: "torch.optim.RMSprop, alpha"
        ),
        .number(
            "epsilon",
            \.epsilon,
            in: 0...1000,
            "ε: what is added to the root that a step is divided by.",
            source: "torch.optim.RMSprop, eps"
        ),
        .number(
            "momentum",
            \.momentum,
            in: 0...1,
            "μ: how much of the last step is taken again.",
            source: "torch.optim.RMSprop"
        ),
        .boolean(
            "centered",
            \.isCentered,
            "Whether the squared gradient is measured from its running mean.",
            source: "torch.optim.RMSprop"
        ),
    ]
}
