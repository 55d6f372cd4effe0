internal import CKernels

/// Adds `row` to every row of `matrix`, shape (any, row.count).
public func addToRows(_ row: Span<Float>, of matrix: inout MutableSpan<Float>) {
    let width = row.count
    guard width > 0 else { return }
    precondition(matrix.count.isMultiple(of: width), "rows of \(width) in \(matrix.count)")
    unsafe dqn_add_to_rows(row.address, matrix.count / width, width, matrix.address)
}

/// Adds every row of `matrix`, shape (any, sum.count), to `sum`.
public func addRows(of matrix: Span<Float>, to sum: inout MutableSpan<Float>) {
    let width = sum.count
    guard width > 0 else { return }
    precondition(matrix.count.isMultiple(of: width), "rows of \(width) in \(matrix.count)")
    unsafe dqn_add_rows(matrix.address, matrix.count / width, width, sum.address)
}

/// Adds `terms` to `sums`, number by number.
public func add(_ terms: Span<Float>, to sums: inout MutableSpan<Float>) {
    precondition(terms.count == sums.count, "\(terms.count) terms for \(sums.count) sums")
    addToRows(terms, of: &sums)
}

/// Multiplies every row of `matrix`, shape (any, factors.count), by `factors`, number by number; `products`,
/// of the same shape, is overwritten.
public func multiplyRows(
    of matrix: Span<Float>,
    by factors: Span<Float>,
    into products: inout MutableSpan<Float>
) {
    let width = factors.count
    precondition(products.count == matrix.count && matrix.count.isMultiple(of: width))
    unsafe dqn_multiply_rows(
        factors.address,
        matrix.address,
        matrix.count / width,
        width,
        products.address
    )
}

/// Adds every row of the product of two matrices, number by number, to `sum`.
public func addRowProducts(
    of matrix: Span<Float>,
    _ other: Span<Float>,
    to sum: inout MutableSpan<Float>
) {
    let width = sum.count
    precondition(other.count == matrix.count && matrix.count.isMultiple(of: width))
    unsafe dqn_add_row_products(
        matrix.address,
        other.address,
        matrix.count / width,
        width,
        sum.address
    )
}

/// Adds noise to some weights: means + scales · (factor · noise), number by number.
///
/// - Parameters:
///   - means: The weights without noise.
///   - scales: How much of it each gets.
///   - factor: What all noise is multiplied by.
///   - noise: A number a weight.
///   - noisy: The weights with noise; overwritten.
public func addNoise(
    to means: Span<Float>,
    scales: Span<Float>,
    factor: Float,
    _ noise: Span<Float>,
    into noisy: inout MutableSpan<Float>
) {
    let count = noise.count
    precondition(means.count == count && scales.count == count && noisy.count == count)
    unsafe dqn_add_noise(
        means.address,
        scales.address,
        factor,
        noise.address,
        count,
        noisy.address
    )
}

/// Computes the gradient of the scales of some weights' noise from that of the weights.
///
/// - Parameters:
///   - gradient: That of the weights.
///   - factor: As it was given to `addNoise`.
///   - noise: As it was given to `addNoise`.
///   - scaleGradient: Overwritten.
public func readNoiseGradient(
    from gradient: Span<Float>,
    factor: Float,
    _ noise: Span<Float>,
    into scaleGradient: inout MutableSpan<Float>
) {
    precondition(gradient.count == noise.count && scaleGradient.count == noise.count)
    unsafe dqn_noise_gradient(
        gradient.address,
        factor,
        noise.address,
        noise.count,
        scaleGradient.address
    )
}

/// max(0, x) for every number, in place; a NaN stays one.
public func rectify(_ values: inout MutableSpan<Float>) {
    unsafe dqn_rectify(values.address, values.count)
}

/// The gradient before a `rectify` whose outcome was `rectified`: zero wherever that is zero.
public func maskGradient(_ gradient: inout MutableSpan<Float>, whereZero rectified: Span<Float>) {
    precondition(gradient.count == rectified.count)
    unsafe dqn_mask_gradient(gradient.address, rectified.address, gradient.count)
}

/// Lays a matrix out with rows and columns exchanged.
///
/// - Parameters:
///   - matrix: shape (rows, columns).
///   - rows: How many rows.
///   - columns: How many columns.
///   - transposed: shape (columns, rows); overwritten.
public func transpose(
    _ matrix: Span<Float>,
    rows: Int,
    columns: Int,
    into transposed: inout MutableSpan<Float>
) {
    precondition(matrix.count == rows * columns && transposed.count == rows * columns)
    unsafe dqn_transpose(matrix.address, columns, rows, columns, transposed.address, rows)
}

/// Multiplies every number by `factor`, in place.
public func scale(_ values: inout MutableSpan<Float>, by factor: Float) {
    for index in values.indices {
        values[index] *= factor
    }
}

/// The sum of all squares, in double precision and a fixed order.
public func sumOfSquares(_ values: Span<Float>) -> Double {
    unsafe dqn_sum_of_squares(values.address, values.count)
}
