internal import Foundation
public import JSONFields
internal import Tensors

/// m ← β₁m + (1−β₁)∂, v ← β₂v + (1−β₂)∂², θ ← θ − α m̂ / (√v̂ + ε), m̂ and v̂ freed of their bias.
///
/// Kingma and Ba 2015, Algorithm 1; agrees with `torch.optim.Adam`, and with `torch.optim.AdamW` where
/// weights decay: θ loses the share α λ before each step (Loshchilov and Hutter 2019, Algorithm 2).
public struct Adam: Equatable, Sendable {
    /// α.
    public var learningRate: Float = 0.001
    /// β₁.
    public var firstMomentDecay: Float = 0.9
    /// β₂.
    public var secondMomentDecay: Float = 0.999
    /// ε, outside the root.
    public var epsilon: Float = 1e-8
    /// λ: weights decay by α λ at each update, apart from the gradient; 0 is Adam itself.
    public var weightDecay: Float = 0

    /// PyTorch's defaults.
    public init() {}

    /// The rule at its `updateCount`-th update, 1 at the first, in numbers: t of the algorithm.
    func step(updateCount: Int) -> AdamStep {
        let bias1 = 1 - pow(Double(firstMomentDecay), Double(updateCount))
        let bias2 = 1 - pow(Double(secondMomentDecay), Double(updateCount))
        let rate = Double(learningRate)
        return AdamStep(
            rate: Float(rate / bias1),
            spread: Float(1 / bias2.squareRoot()),
            epsilon: epsilon,
            kept: Float(1 - rate * Double(weightDecay)),
            firstMomentDecay: firstMomentDecay,
            secondMomentDecay: secondMomentDecay
        )
    }
}

/// One update by Adam or its kin: m and v as Adam has them, θ ← kept · θ − rate · m / (√v · spread + ε).
struct AdamStep {
    /// α / (1 − β₁ᵗ), for Adam.
    var rate: Float
    /// 1 / √(1 − β₂ᵗ), for Adam.
    var spread: Float
    var epsilon: Float
    /// What decay leaves of a parameter.
    var kept: Float
    var firstMomentDecay: Float
    var secondMomentDecay: Float

    func apply(
        to parameters: inout MutableSpan<Float>,
        gradient: Span<Float>,
        gradientScale: Float,
        meanGradient: inout MutableSpan<Float>,
        meanSquare: inout MutableSpan<Float>
    ) {
        updateByAdam(
            &parameters,
            gradient: gradient,
            gradientScale: gradientScale,
            meanGradient: &meanGradient,
            meanSquare: &meanSquare,
            rate: rate,
            spread: spread,
            firstMomentDecay: firstMomentDecay,
            secondMomentDecay: secondMomentDecay,
            epsilon: epsilon,
            kept: kept
        )
    }
}

extension Adam: Settings {
    /// The constants as users write them.
    public static let settings: [Setting<Adam>] = [
        .constant("type", "adam", "Adam in the form of PyTorch."),
        .learningRate(\.learningRate),
        .firstMomentDecay(\.firstMomentDecay, source: paper),
        .secondMomentDecay(\.secondMomentDecay, source: paper),
        .epsilon(\.epsilon, source: paper),
        .weightDecay(\.weightDecay),
    ]

    private static let paper = "Kingma and Ba 2015, Algorithm 1"
}

/// The rows of Adam and its kin.
extension Setting {
    /// α.
    static func learningRate(_ path: any WritableKeyPath<Root, Float> & Sendable) -> Setting {
        .number("learning_rate", path, in: 0...10, "α: the size of a step.")
    }

    /// β₁.
    static func firstMomentDecay(
        _ path: any WritableKeyPath<Root, Float> & Sendable,
        source: String
    ) -> Setting {
        .number(
            "beta1",
            path,
            in: 0...1,
            "β₁: how much of the running mean gradient stays at each update.",
            source: source
        )
    }

    /// β₂.
    static func secondMomentDecay(
        _ path: any WritableKeyPath<Root, Float> & Sendable,
        source: String
    ) -> Setting {
        .number(
            "beta2",
            path,
            in: 0...1,
            "β₂: how much of the running mean of squared gradients stays at each update.",
            source: source
        )
    }

    /// ε.
    static func epsilon(
        _ path: any WritableKeyPath<Root, Float> & Sendable,
        source: String
    ) -> Setting {
        .number(
            "epsilon",
            path,
            in: 0...1000,
            "ε: what is added to the root that a step is divided by.",
            source: source
        )
    }

    /// λ.
    static func weightDecay(_ path: any WritableKeyPath<Root, Float> & Sendable) -> Setting {
        .number(
            "weight_decay",
            path,
            in: 0...1,
            "λ: every parameter loses the share α λ at each update, apart from its gradient.",
            source: "Loshchilov and Hutter 2019, Algorithm 2; torch.optim.AdamW"
        )
    }
}
