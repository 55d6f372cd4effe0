internal import CKernels

/// Dense layers by kernels of our own, of floats or of numbers that are rounded to bfloat16 on the way.
extension AffineMap {
    /// Whether a single row is computed at the speed of memory.
    public var computesSingleRows: Bool { kernels.areOurs && !kernels.isRounded }

    /// Columns of the output of a single row that are computed at a time.
    public static var singleRowColumns: Int { Int(dqn_single_row_columns) }

    @unsafe
    private var functions: dqn_dense_kernels { unsafe kernels.table.pointee.dense }

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
        // All counts were checked by the caller.
        unsafe functions.forward(
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

    func laidOutGradientCount(_ count: Int) -> Int {
        unsafe functions.prepared_count(sizes(count))
    }

    func layGradientOut(
        _ outputGradient: Span<Float>,
        count: Int,
        into prepared: inout MutableSpan<Float>
    ) {
        // Both counts were checked by the caller.
        unsafe functions.prepare(sizes(count), outputGradient.address, prepared.address)
    }

    func gradientPanelsCount(_ count: Int) -> Int {
        precondition(!kernels.isRounded || count <= Int(dqn_rounded_batch))
        return unsafe functions.panels_count(sizes(count))
    }

    func layGradientPanels(
        _ outputGradient: Span<Float>,
        count: Int,
        into panels: inout MutableSpan<Float>
    ) {
        // Both counts were checked by the caller.
        unsafe functions.lay_panels(sizes(count), outputGradient.address, panels.address)
    }

    func directScratchCount(_ count: Int) -> Int { dqn_dense_scratch(sizes(count)) }

    func directInputGradient(
        _ prepared: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ rectifiedInput: Span<Float>,
        _ columns: Range<Int>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe functions.input_gradient(
            sizes(count),
            prepared.address,
            weights.address,
            rectifiedInput.isEmpty ? nil : rectifiedInput.address,
            columns.lowerBound,
            columns.upperBound,
            inputGradient.address,
            scratch.address
        )
    }

    func directWeightGradient(
        _ input: Span<Float>,
        _ panels: Span<Float>,
        count: Int,
        _ rows: Range<Int>,
        _ prefetch: Prefetch,
        into weightGradient: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe functions.weight_gradient(
            sizes(count),
            input.address,
            panels.address,
            rows.lowerBound,
            rows.upperBound,
            prefetch.count == 0 ? nil : prefetch.first.address,
            prefetch.count == 0 ? nil : prefetch.second.address,
            weightGradient.address
        )
    }
}
