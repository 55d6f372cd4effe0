internal import CKernels

/// Dense layers by kernels of our own.
extension AffineMap {
    /// Columns of the gradient of the input that are computed at a time.
    static let rowsAtOnce = Int(dqn_dense_rows)

    /// Columns of the output of a single row that are computed at a time.
    public static var singleRowColumns: Int { Int(dqn_single_row_columns) }

    func sizes(_ count: Int) -> dqn_dense_sizes {
        dqn_dense_sizes(count: count, inputs: inputs, outputs: outputs)
    }

    func forwardDirectly(
        _ input: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ bias: Span<Float>,
        rectifies: Bool,
        _ columns: Range<Int>,
        into output: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe dqn_dense_forward_avx512(
            sizes(count),
            input.address,
            weights.address,
            bias.address,
            rectifies,
            columns.lowerBound,
            columns.upperBound,
            output.address
        )
    }

    func directInputGradient(
        _ transposedGradient: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ columns: Range<Int>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe dqn_dense_input_gradient_avx512(
            sizes(count),
            transposedGradient.address,
            weights.address,
            columns.lowerBound,
            columns.upperBound,
            inputGradient.address,
            scratch.address
        )
    }

    func directWeightGradient(
        _ input: Span<Float>,
        _ outputGradient: Span<Float>,
        count: Int,
        _ rows: Range<Int>,
        into weightGradient: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe dqn_dense_weight_gradient_avx512(
            sizes(count),
            input.address,
            outputGradient.address,
            rows.lowerBound,
            rows.upperBound,
            weightGradient.address
        )
    }
}
