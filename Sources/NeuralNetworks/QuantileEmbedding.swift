public import JSONFields
internal import Tensors

/// The layer through which a network is asked for quantiles at fractions τ of its caller's choice.
///
/// What the trunk gives out, ψ(s), is multiplied number by number with φ(τ) = max(0, W · c(τ) + b), where
/// cᵢ(τ) = cos(π i τ). The layers after it then see a row for each fraction of each observation. The trunk is
/// the convolutions, or the first hidden layer where there are none. Dabney et al. 2018, "Implicit Quantile
/// Networks", equation 4.
public struct QuantileEmbedding: Equatable, Sendable {
    /// How many cosines a fraction is shown as.
    public var cosineCount = 64
    /// The first i: 0 in the paper, 1 in Dopamine and dqn_zoo, whose weights differ by it.
    public var firstCosine = 0

    /// The paper's.
    public init() {}

    /// Creates the description.
    public init(cosineCount: Int, firstCosine: Int) {
        (self.cosineCount, self.firstCosine) = (cosineCount, firstCosine)
    }

    /// cos(π i τ) of every fraction: shape (fractions, cosineCount).
    ///
    /// Each follows from the two before it, in double precision: cos ix = 2 cos x · cos (i−1)x − cos (i−2)x.
    package func cosines(of fractions: Span<Float>) -> [Float] {
        var cosines: [Float] = []
        cosines.reserveCapacity(fractions.count * cosineCount)
        for index in fractions.indices {
            let one = cosineOfHalfTurns(Double(fractions[index]))
            var (last, current) = firstCosine == 0 ? (one, 1) : (1, one)
            for _ in 0..<cosineCount {
                cosines.append(Float(current))
                (last, current) = (current, 2 * one * current - last)
            }
        }
        return cosines
    }
}

extension QuantileEmbedding: Settings {
    /// The embedding as users write it.
    public static let settings: [Setting<QuantileEmbedding>] = [
        .wholeNumber(
            "cosine_count",
            \.cosineCount,
            in: 1...1024,
            unit: "cosines",
            "How many cosines an implicit quantile network is shown a fraction τ as.",
            source: "Dabney et al. 2018, Implicit Quantile Networks: 64"
        ),
        .wholeNumber(
            "first_cosine",
            \.firstCosine,
            in: 0...1,
            "The first i of cos(π i τ): 0 as in the paper, or 1 as in Dopamine and dqn_zoo, whose weights "
                + "mean something else.",
            source: "Dabney et al. 2018, Implicit Quantile Networks: 0"
        ),
    ]
}
