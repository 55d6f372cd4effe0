internal import JSONFields
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

extension RMSPropNature {
    /// Takes in what is given, and leaves the rest as it was.
    mutating func read(_ fields: inout FieldReader) {
        fields.read("learning_rate", in: 0...10, into: &learningRate)
        fields.read("gradient_momentum", in: 0...1, into: &gradientMomentum)
        fields.read("squared_gradient_momentum", in: 0...1, into: &squaredGradientMomentum)
        fields.read("min_squared_gradient", in: 0...1000, into: &minSquaredGradient)
    }

    var json: JSONValue {
        [
            "type": "rmsprop_nature",
            "learning_rate": .single(learningRate),
            "gradient_momentum": .single(gradientMomentum),
            "squared_gradient_momentum": .single(squaredGradientMomentum),
            "min_squared_gradient": .single(minSquaredGradient),
        ]
    }
}
