public import JSONFields
internal import Tensors

/// g ← ρ₁g + (1−ρ₁)∂, s ← ρ₂s + (1−ρ₂)∂², θ ← θ − α ∂ / √(s − g² + ε).
///
/// Mnih et al. 2015, Extended Data Table 1. The table's "gradient momentum" is ρ₁, the decay of the
/// running mean gradient that centres the squared one; it is no heavy ball. "Min squared gradient"
/// is ε, inside the root.
public struct RMSPropNature: Equatable, Sendable {
    /// α.
    public var learningRate: Float = 0.00025
    /// ρ₁.
    public var gradientMomentum: Float = 0.95
    /// ρ₂.
    public var squaredGradientMomentum: Float = 0.95
    /// ε.
    public var minSquaredGradient: Float = 0.01

    /// The constants of the paper.
    public init() {}

    func step(
        _ parameters: inout MutableSpan<Float>,
        gradient: Span<Float>,
        gradientScale: Float,
        meanGradient: inout MutableSpan<Float>,
        meanSquare: inout MutableSpan<Float>
    ) {
        updateByRMSPropNature(
            &parameters,
            gradient: gradient,
            gradientScale: gradientScale,
            meanGradient: &meanGradient,
            meanSquare: &meanSquare,
            learningRate: learningRate,
            gradientMomentum: gradientMomentum,
            squaredGradientMomentum: squaredGradientMomentum,
            minSquaredGradient: minSquaredGradient
        )
    }
}

extension RMSPropNature: Settings {
    /// The constants as users write them.
    public static let settings: [Setting<RMSPropNature>] = [
        .constant("type", "rmsprop_nature", "The centred RMSProp of the Nature paper."),
        .number(
            "learning_rate",
            \.learningRate,
            in: 0...10,
            "α: the size of a step.",
            source: "Mnih et al. 2015, Extended Data Table 1: learning rate"
        ),
        .number(
            "gradient_momentum",
            \.gradientMomentum,
            in: 0...1,
            "ρ₁: how much of the running mean gradient stays at each update; no heavy ball.",
            source: "Mnih et al. 2015, Extended Data Table 1: gradient momentum"
        ),
        .number(
            "squared_gradient_momentum",
            \.squaredGradientMomentum,
            in: 0...1,
            "ρ₂: how much of the running mean of squared gradients stays at each update.",
            source: "Mnih et al. 2015, Extended Data Table 1: squared gradient momentum"
        ),
        .number(
            "min_squared_gradient",
            \.minSquaredGradient,
            in: 0...1000,
            "ε: what is added to the squared gradient, inside the root that divides a step.",
            source: "Mnih et al. 2015, Extended Data Table 1: min squared gradient"
        ),
    ]
}
