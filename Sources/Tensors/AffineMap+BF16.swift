internal import CKernels

/// The same dense layers of numbers rounded to bfloat16.
extension AffineMap {
    /// Floats that hold the gradient of the output as both gradients are computed from.
    func roundedGradientCount(_ count: Int) -> Int { dqn_dense_prepared_bf16(sizes(count)) }

    func forwardRounded(
        _ input: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ bias: Span<Float>,
        rectifies: Bool,
        _ columns: Range<Int>,
        into output: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe dqn_dense_forward_avx512_bf16(
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

    func roundGradient(
        _ outputGradient: Span<Float>,
        count: Int,
        into prepared: inout MutableSpan<Float>
    ) {
        // Both counts were checked by the caller.
        unsafe dqn_dense_prepare_bf16(sizes(count), outputGradient.address, prepared.address)
    }

    func roundedInputGradient(
        _ prepared: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ columns: Range<Int>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe dqn_dense_input_gradient_avx512_bf16(
            sizes(count),
            prepared.address,
            weights.address,
            columns.lowerBound,
            columns.upperBound,
            inputGradient.address,
            scratch.address
        )
    }

    func roundedWeightGradient(
        _ input: Span<Float>,
        _ prepared: Span<Float>,
        count: Int,
        _ rows: Range<Int>,
        into weightGradient: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe dqn_dense_weight_gradient_avx512_bf16(
            sizes(count),
            input.address,
            prepared.address,
            rows.lowerBound,
            rows.upperBound,
            weightGradient.address
        )
    }
}
