internal import Foundation
public import JSONFields

/// Adam whose first steps, when the squared gradients' mean is of few terms, go by the mean gradient alone,
/// and whose next ones are shorter by what that mean may still be wrong.
///
/// Liu et al. 2020, Algorithm 2; agrees with `torch.optim.RAdam`, with decoupled decay of weights.
public struct RAdam: Equatable, Sendable {
    /// α.
    public var learningRate: Float = 0.001
    /// β₁.
    public var firstMomentDecay: Float = 0.9
    /// β₂.
    public var secondMomentDecay: Float = 0.999
    /// ε, outside the root and, unlike Adam's, inside the correction of bias.
    public var epsilon: Float = 1e-8
    /// λ: weights decay by α λ at each update, apart from the gradient.
    public var weightDecay: Float = 0

    /// PyTorch's defaults.
    public init() {}

    /// The rule at its `updateCount`-th update, 1 at the first.
    func step(updateCount: Int) -> AdamStep {
        let time = Double(updateCount)
        let (beta1, beta2) = (Double(firstMomentDecay), Double(secondMomentDecay))
        let power = pow(beta2, time)
        let rate = Double(learningRate)
        // ρ: how many terms the mean is worth.
        let longest = 2 / (1 - beta2) - 1
        let length = longest - 2 * time * power / (1 - power)
        var step = AdamStep(
            rate: Float(rate / (1 - pow(beta1, time))),
            spread: 0,
            epsilon: 1,
            kept: Float(1 - rate * Double(weightDecay)),
            firstMomentDecay: firstMomentDecay,
            secondMomentDecay: secondMomentDecay
        )
        if length > 5 {
            let rectification =
                (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            step.rate = Float(
                rate / (1 - pow(beta1, time)) * (rectification * (1 - power)).squareRoot()
            )
            (step.spread, step.epsilon) = (1, epsilon)
        }
        return step
    }
}

extension RAdam: Settings {
    /// The constants as users write them.
    public static let settings: [Setting<RAdam>] = [
        .constant("type", "radam", "Rectified Adam in the form of PyTorch."),
        .learningRate(\.learningRate),
        .firstMomentDecay(\.firstMomentDecay, source: paper),
        .secondMomentDecay(\.secondMomentDecay, source: paper),
        .epsilon(\.epsilon, source: "torch.optim.RAdam"),
        .weightDecay(\.weightDecay),
    ]

    private static let paper = "Liu et al. 2020, Algorithm 2"
}
