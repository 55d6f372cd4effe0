internal import Tensors

extension CategoricalSupport {
    /// The cross entropy −Σ m ln p of one distribution, p = softmax(logits), with its target m.
    ///
    /// The error is the relative entropy, which is 0 where both are the same: what Hessel et al. 2018,
    /// "Rainbow", give priority by.
    /// - Parameters:
    ///   - logits: One an atom.
    ///   - target: m.
    ///   - slopes: p − m; overwritten.
    /// - Returns: The loss.
    func readLoss(
        of logits: Span<Float>,
        target: Span<Float>,
        slopes: inout MutableSpan<Float>
    ) -> ValueHead.RowLoss {
        var logSums: [Float] = [0]
        var sums = logSums.mutableSpan
        softmax(logits, into: &slopes, logSums: &sums)
        let logSum = logSums[0]
        let atoms = atoms
        var (loss, entropy, value) = (Float(0), Float(0), Float(0))
        for index in 0..<atomCount {
            let mass = target[index]
            slopes[index] -= mass
            loss += mass * (logSum - logits[index])
            value += mass * atoms[index]
            if mass > 0 { entropy -= mass * naturalLogarithm(mass) }
        }
        return ValueHead.RowLoss(
            loss: loss,
            error: max(loss - entropy, 0),
            targetValue: value
        )
    }
}

extension ValueHead {
    /// The fractions that a quantile head's outputs stand for, τ̂ᵢ = (i + ½) / count.
    ///
    /// Dabney et al. 2018, Lemma 2.
    package static func midpoints(_ count: Int) -> [Float] {
        (0..<count).map { (Float($0) + 0.5) / Float(count) }
    }

    /// The quantile regression loss of one action: the sum over its quantiles of the mean over the
    /// targets.
    ///
    /// - Parameters:
    ///   - quantiles: θ.
    ///   - fractions: τ of each.
    ///   - target: Samples of the return.
    ///   - threshold: κ.
    ///   - slopes: Of the quantiles; overwritten.
    /// - Returns: The loss, which is the error too.
    func quantileLoss(
        of quantiles: Span<Float>,
        at fractions: Span<Float>,
        target: Span<Float>,
        threshold: Float,
        slopes: inout MutableSpan<Float>
    ) -> RowLoss {
        var losses = [Float](repeating: 0, count: quantiles.count)
        var span = losses.mutableSpan
        readQuantileLosses(
            of: quantiles,
            at: fractions,
            targets: target,
            threshold: threshold,
            into: &span,
            slopes: &slopes
        )
        let share = 1 / Float(target.count)
        scale(&slopes, by: share)
        let loss = losses.reduce(0, +) * share
        var sum = Float(0)
        for index in target.indices { sum += target[index] }
        return RowLoss(loss: loss, error: loss, targetValue: sum * share)
    }
}
