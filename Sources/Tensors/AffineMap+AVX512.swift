internal import CKernels

/// Dense layers by kernels of our own, of floats or of numbers that are rounded to bfloat16 on the way.
///
/// A function in C of the one kind takes what that of the other does.
extension AffineMap {
    /// Columns of the gradient of the input that are computed at a time.
    static let rowsAtOnce = Int(dqn_dense_rows)

    /// Columns of the output of a single row that are computed at a time.
    public static var singleRowColumns: Int { Int(dqn_single_row_columns) }

    private var isRounded: Bool { kernels == .avx512BF16 }

    private func sizes(_ count: Int) -> dqn_dense_sizes {
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
        let compute =
            unsafe isRounded ? dqn_dense_forward_avx512_bf16 : dqn_dense_forward_avx512
        // All counts were checked by the caller.
        unsafe compute(
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

    /// Floats that hold the gradient of the output as both gradients are computed from, rounded.
    func roundedGradientCount(_ count: Int) -> Int { dqn_dense_prepared_bf16(sizes(count)) }

    func roundGradient(
        _ outputGradient: Span<Float>,
        count: Int,
        into prepared: inout MutableSpan<Float>
    ) {
        // Both counts were checked by the caller.
        unsafe dqn_dense_prepare_bf16(sizes(count), outputGradient.address, prepared.address)
    }

    func directInputGradient(
        _ prepared: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ columns: Range<Int>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        let compute =
            unsafe isRounded
            ? dqn_dense_input_gradient_avx512_bf16 : dqn_dense_input_gradient_avx512
        // All counts were checked by the caller.
        unsafe compute(
            sizes(count),
            prepared.address,
            weights.address,
            columns.lowerBound,
            columns.upperBound,
            inputGradient.address,
            scratch.address
        )
    }

    /// `gradient` is the output's, as it is or, to be rounded, as `roundGradient` lays it out.
    func directWeightGradient(
        _ input: Span<Float>,
        _ gradient: Span<Float>,
        count: Int,
        _ rows: Range<Int>,
        into weightGradient: inout MutableSpan<Float>
    ) {
        let compute =
            unsafe isRounded
            ? dqn_dense_weight_gradient_avx512_bf16 : dqn_dense_weight_gradient_avx512
        // All counts were checked by the caller.
        unsafe compute(
            sizes(count),
            input.address,
            gradient.address,
            rows.lowerBound,
            rows.upperBound,
            weightGradient.address
        )
    }
}
