internal import Foundation
public import JSONFields
internal import Tensors

/// m ← β₁m + (1−β₁)∂, v ← β₂v + (1−β₂)∂², θ ← θ − α m̂ / (√v̂ + ε), m̂ and v̂ freed of their bias.
///
/// Kingma and Ba 2015, Algorithm 1; agrees with `torch.optim.Adam`.
public struct Adam: Equatable, Sendable {
    /// α.
    public var learningRate: Float = 0.001
    /// β₁.
    public var firstMomentDecay: Float = 0.9
    /// β₂.
    public var secondMomentDecay: Float = 0.999
    /// ε, outside the root.
    public var epsilon: Float = 1e-8

    /// PyTorch's defaults.
    public init() {}

    /// What frees the moments of their bias towards zero, at one update.
    struct Correction {
        /// α / (1 − β₁ᵗ).
        var rate: Float
        /// 1 / √(1 − β₂ᵗ).
        var spread: Float
    }

    /// `updateCount` is t of the algorithm: 1 at the first step.
    func correction(updateCount: Int) -> Correction {
        let bias1 = 1 - pow(Double(firstMomentDecay), Double(updateCount))
        let bias2 = 1 - pow(Double(secondMomentDecay), Double(updateCount))
        return Correction(
            rate: Float(Double(learningRate) / bias1),
            spread: Float(1 / bias2.squareRoot())
        )
    }

    func step(
        _ parameters: inout MutableSpan<Float>,
        gradient: Span<Float>,
        gradientScale: Float,
        meanGradient: inout MutableSpan<Float>,
        meanSquare: inout MutableSpan<Float>,
        correction: Correction
    ) {
        updateByAdam(
            &parameters,
            gradient: gradient,
            gradientScale: gradientScale,
            meanGradient: &meanGradient,
            meanSquare: &meanSquare,
            rate: correction.rate,
            spread: correction.spread,
            firstMomentDecay: firstMomentDecay,
            secondMomentDecay: secondMomentDecay,
            epsilon: epsilon
        )
    }
}

extension Adam: Settings {
    /// The constants as users write them.
    public static let settings: [Setting<Adam>] = [
        .constant("type", "adam", "Adam in the form of PyTorch."),
        .number("learning_rate", \.learningRate, in: 0...10, "α: the size of a step."),
        .number(
            "beta1",
            \.firstMomentDecay,
            in: 0...1,
            "β₁: how much of the running mean gradient stays at each update.",
            source: "Kingma and Ba 2015, Algorithm 1"
        ),
        .number(
            "beta2",
            \.secondMomentDecay,
            in: 0...1,
            "β₂: how much of the running mean of squared gradients stays at each update.",
            source: "Kingma and Ba 2015, Algorithm 1"
        ),
        .number(
            "epsilon",
            \.epsilon,
            in: 0...1000,
            "ε: what is added to the root that a step is divided by.",
            source: "Kingma and Ba 2015, Algorithm 1"
        ),
    ]
}
