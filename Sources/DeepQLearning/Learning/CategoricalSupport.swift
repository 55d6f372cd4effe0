internal import Tensors

/// The returns that a categorical head tells apart: atoms at equal distances.
///
/// Bellemare et al. 2017, "A Distributional Perspective on Reinforcement Learning".
public struct CategoricalSupport: Equatable, Sendable {
    /// How many atoms, at least 2.
    public let atomCount: Int
    /// The lowest return, z₀; whatever lies below counts as it.
    public let minimum: Float
    /// The highest return; whatever lies above counts as it.
    public let maximum: Float

    /// Lays the atoms out.
    public init(atomCount: Int, minimum: Float, maximum: Float) {
        precondition(atomCount >= 2 && minimum < maximum)
        (self.atomCount, self.minimum, self.maximum) = (atomCount, minimum, maximum)
    }

    /// The returns zᵢ = minimum + i · (maximum − minimum) / (atomCount − 1).
    public var atoms: [Float] {
        let step = (Double(maximum) - Double(minimum)) / Double(atomCount - 1)
        return (0..<atomCount).map { Float(Double(minimum) + Double($0) * step) }
    }

    /// The expected return of each distribution: Σ zᵢ · softmax(logits)ᵢ.
    ///
    /// - Parameters:
    ///   - logits: shape (distributions, atomCount).
    ///   - values: One a distribution; overwritten.
    func readExpectations(_ logits: Span<Float>, into values: inout MutableSpan<Float>) {
        let probabilities = probabilities(logits).values
        readRowProducts(of: probabilities.span, atoms.span, into: &values)
    }

    /// The distributions that logits stand for, and ln Σ eˣ of each.
    func probabilities(_ logits: Span<Float>) -> (values: [Float], logSums: [Float]) {
        var values = [Float](repeating: 0, count: logits.count)
        var logSums = [Float](repeating: 0, count: logits.count / atomCount)
        var span = values.mutableSpan
        var sums = logSums.mutableSpan
        softmax(logits, into: &span, logSums: &sums)
        return (values, logSums)
    }

    /// Adds the projection of a distribution over shifted and scaled atoms to a distribution over the
    /// atoms as they are: each mass goes to its two neighbours, in parts by their nearness.
    ///
    /// Bellemare et al. 2017, equation 7 and Algorithm 1; a mass that falls on an atom stays whole.
    /// - Parameters:
    ///   - probabilities: That of each atom.
    ///   - weight: What every mass is multiplied by.
    ///   - reward: What every atom is shifted by, once it is scaled.
    ///   - discount: What every atom is scaled by.
    ///   - sum: shape (atomCount); added to.
    package func project(
        _ probabilities: Span<Float>,
        weight: Float = 1,
        reward: Float,
        discount: Float,
        addingTo sum: inout MutableSpan<Float>
    ) {
        let last = atomCount - 1
        let (low, high) = (Double(minimum), Double(maximum))
        let step = (high - low) / Double(last)
        for (index, atom) in atoms.enumerated() {
            let value = Double(reward) + Double(discount) * Double(atom)
            // Written so that a NaN goes on, and never becomes an index.
            guard value.isFinite else {
                sum[0] = .nan
                continue
            }
            let position = (min(max(value, low), high) - low) / step
            let lower = min(Int(position), last)
            let share = Float(position - Double(lower))
            let mass = probabilities[index] * weight
            sum[lower] += mass * (1 - share)
            if lower < last { sum[lower + 1] += mass * share }
        }
    }
}
