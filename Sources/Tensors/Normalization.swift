internal import CKernels

/// Frees numbers of their mean and their spread: x̂ = (x − mean) / √(variance + ε), then
/// y = scale · x̂ + shift.
///
/// Ba, Kiros and Hinton 2016, equation 4; mean and variance are summed in double precision.
///
/// - Parameters:
///   - values: x; becomes x̂.
///   - scales: A scale for each number.
///   - shifts: A shift for each number.
///   - epsilon: ε.
///   - rectifies: Whether negative outputs become 0.
///   - outputs: y; overwritten.
/// - Returns: 1 / √(variance + ε).
public func normalize(
    _ values: inout MutableSpan<Float>,
    scales: Span<Float>,
    shifts: Span<Float>,
    epsilon: Float,
    rectifies: Bool,
    into outputs: inout MutableSpan<Float>
) -> Float {
    let count = values.count
    precondition(scales.count == count && shifts.count == count && outputs.count == count)
    return unsafe dqn_normalize(
        values.address,
        count,
        epsilon,
        scales.address,
        shifts.address,
        rectifies ? 1 : 0,
        outputs.address
    )
}

/// Computes the gradient of the numbers before `normalize`.
///
/// - Parameters:
///   - gradient: ∂loss/∂y, before any rectification.
///   - normalized: x̂.
///   - scales: As in `normalize`.
///   - spread: What `normalize` returned.
///   - inputGradient: ∂loss/∂x; overwritten.
public func normalizationGradient(
    of gradient: Span<Float>,
    normalized: Span<Float>,
    scales: Span<Float>,
    spread: Float,
    into inputGradient: inout MutableSpan<Float>
) {
    let count = gradient.count
    precondition(normalized.count == count && scales.count == count)
    precondition(inputGradient.count == count)
    unsafe dqn_normalization_gradient(
        gradient.address,
        normalized.address,
        scales.address,
        count,
        spread,
        inputGradient.address
    )
}

/// Adds the products of `factors` and `others` to `sums`, number by number.
public func addProducts(
    of factors: Span<Float>,
    and others: Span<Float>,
    to sums: inout MutableSpan<Float>
) {
    precondition(factors.count == sums.count && others.count == sums.count)
    unsafe dqn_add_products(factors.address, others.address, sums.count, sums.address)
}
