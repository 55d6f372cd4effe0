internal import CKernels

/// Turns rows of logits into probabilities: eˣ / Σ eˣ, each row by itself.
///
/// - Parameters:
///   - logits: shape (rows, width).
///   - probabilities: Of the same shape; overwritten.
///   - logSums: ln Σ eˣ of each row, which cross entropies need; overwritten.
public func softmax(
    _ logits: Span<Float>,
    into probabilities: inout MutableSpan<Float>,
    logSums: inout MutableSpan<Float>
) {
    let rows = logSums.count
    guard rows > 0 else { return }
    precondition(logits.count == probabilities.count && logits.count.isMultiple(of: rows))
    let width = logits.count / rows
    unsafe dqn_exponentials(
        logits.address,
        rows,
        width,
        probabilities.address,
        logSums.address
    )
    for row in 0..<rows {
        let sum = logSums[row]
        var largest = logits[row * width]
        for place in (row * width)..<((row + 1) * width) {
            largest = max(largest, logits[place])
            probabilities[place] /= sum
        }
        logSums[row] = largest + naturalLogarithm(sum)
    }
}

/// The product of each row of `matrix`, shape (sums.count, weights.count), with `weights`.
public func readRowProducts(
    of matrix: Span<Float>,
    _ weights: Span<Float>,
    into sums: inout MutableSpan<Float>
) {
    precondition(matrix.count == sums.count * weights.count)
    unsafe dqn_row_products(
        matrix.address,
        sums.count,
        weights.count,
        weights.address,
        sums.address
    )
}

/// The quantile regression loss of every quantile θ against every target y:
/// |τ − 1{u < 0}| · H(u), u = y − θ, summed over the targets.
///
/// H(u) is u²/2 where |u| ≤ κ and κ · (|u| − κ/2) beyond, or |u| where κ is 0; it is not divided by κ.
/// Dabney et al. 2018, "Distributional Reinforcement Learning with Quantile Regression", equation 10.
///
/// - Parameters:
///   - quantiles: θ.
///   - fractions: τ of each.
///   - targets: y, any number of them.
///   - threshold: κ.
///   - losses: The sum of each quantile; overwritten.
///   - slopes: ∂loss/∂θ, with no gradient through the indicator; overwritten.
public func readQuantileLosses(
    of quantiles: Span<Float>,
    at fractions: Span<Float>,
    targets: Span<Float>,
    threshold: Float,
    into losses: inout MutableSpan<Float>,
    slopes: inout MutableSpan<Float>
) {
    let count = quantiles.count
    precondition(fractions.count == count && losses.count == count && slopes.count == count)
    unsafe dqn_quantile_losses(
        quantiles.address,
        fractions.address,
        count,
        targets.address,
        targets.count,
        threshold,
        losses.address,
        slopes.address
    )
}
