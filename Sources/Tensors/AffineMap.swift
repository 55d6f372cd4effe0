/// What a dense layer computes over a batch, forward and backward: output = input · weights + bias.
///
/// Inputs have the shape (count, inputs), outputs (count, outputs), weights (inputs, outputs). Work
/// is done for a range of columns or rows of the weights at a time, because these, not the batch,
/// are what is large.
public struct AffineMap: Hashable, Sendable {
    /// Numbers that go in, for each row of a batch.
    public let inputs: Int
    /// Numbers that come out.
    public let outputs: Int
    /// What it is computed with.
    public let kernels: Kernels

    /// Creates the map; `kernels` must be available.
    public init(inputs: Int, outputs: Int, kernels: Kernels = .fastest) {
        precondition(inputs > 0 && outputs > 0)
        precondition(kernels.isAvailable, "this CPU has not what \(kernels) needs")
        self.inputs = inputs
        self.outputs = outputs
        // There is no window to filter.
        self.kernels = kernels.isRounded ? kernels : kernels.direct
    }

    /// Rows that the input and the output of `forward` have room for: `count`, and some more of any
    /// content where the kernels take a fixed number at a time.
    public func paddedCount(_ count: Int) -> Int {
        (count + kernels.batchMultiple - 1) / kernels.batchMultiple * kernels.batchMultiple
    }

    /// Computes some columns of the output.
    ///
    /// A row gives the same bits whatever other rows are computed with it, on every kind of kernels.
    ///
    /// - Parameters:
    ///   - input: shape (paddedCount(count), inputs).
    ///   - count: How many rows matter.
    ///   - weights: shape (inputs, outputs).
    ///   - bias: shape (outputs).
    ///   - rectifies: Whether max(0, ·) follows.
    ///   - columns: Which columns.
    ///   - output: From the first of those columns in the first row on, `paddedCount(count)` rows, one
    ///     every `outputs` floats; those columns are overwritten.
    public func forward(
        _ input: Span<Float>,
        count: Int,
        weights: Span<Float>,
        bias: Span<Float>,
        rectifies: Bool,
        columns: Range<Int>,
        into output: inout MutableSpan<Float>
    ) {
        precondition(columns.lowerBound >= 0 && columns.upperBound <= outputs)
        let rows = paddedCount(count)
        precondition(input.count == rows * inputs && weights.count == inputs * outputs)
        precondition(bias.count == outputs)
        guard count > 0, !columns.isEmpty else { return }
        precondition(output.count >= (rows - 1) * outputs + columns.count)
        guard kernels.areOurs else {
            multiplyColumns(input, count: count, weights, columns, into: &output)
            finish(&output, count: count, bias.extracting(columns), rectifies: rectifies)
            return
        }
        forwardDirectly(
            input,
            count: count,
            weights,
            bias,
            rectifies: rectifies,
            columns,
            into: &output
        )
    }

    /// Floats that `prepareGradient` fills.
    public func preparedCount(count: Int) -> Int {
        kernels.areOurs ? laidOutGradientCount(count) : 0
    }

    /// Lays the gradient of the output out as `inputGradient` reads it.
    ///
    /// - Parameters:
    ///   - outputGradient: ∂loss/∂output before any activation, shape (count, outputs).
    ///   - count: How many rows.
    ///   - prepared: `preparedCount(count:)` floats; overwritten.
    public func prepareGradient(
        _ outputGradient: Span<Float>,
        count: Int,
        into prepared: inout MutableSpan<Float>
    ) {
        precondition(outputGradient.count == count * outputs)
        precondition(prepared.count == preparedCount(count: count))
        if kernels.areOurs {
            layGradientOut(outputGradient, count: count, into: &prepared)
        }
    }

    /// Floats that `prepareWeightGradient` fills.
    public func panelsCount(count: Int) -> Int {
        kernels.areOurs ? gradientPanelsCount(count) : 0
    }

    /// Lays the gradient of the output out as `weightGradient` reads it.
    ///
    /// - Parameters:
    ///   - outputGradient: ∂loss/∂output before any activation, shape (count, outputs).
    ///   - count: How many rows.
    ///   - panels: `panelsCount(count:)` floats; overwritten.
    public func prepareWeightGradient(
        _ outputGradient: Span<Float>,
        count: Int,
        into panels: inout MutableSpan<Float>
    ) {
        precondition(outputGradient.count == count * outputs)
        precondition(panels.count == panelsCount(count: count))
        if kernels.areOurs {
            layGradientPanels(outputGradient, count: count, into: &panels)
        }
    }

    /// Floats that `inputGradient` needs beside its arguments.
    public func scratchCount(count: Int) -> Int {
        kernels.areOurs ? directScratchCount(count) : 0
    }

    /// Computes some columns of the gradient that reaches the input.
    ///
    /// - Parameters:
    ///   - outputGradient: ∂loss/∂output before any activation, shape (count, outputs).
    ///   - prepared: The same as `prepareGradient` laid it out.
    ///   - count: How many rows.
    ///   - weights: shape (inputs, outputs).
    ///   - rectifiedInput: The input, shape (count, inputs), where it came out of max(0, ·), or nothing:
    ///     a column that is zero in all rows lets no gradient through, and may be left zero.
    ///   - columns: Which columns; they are rows of the weights.
    ///   - inputGradient: From the first of those columns in the first row to the end of the last
    ///     row, a row every `inputs` floats; those columns are overwritten.
    ///   - scratch: `scratchCount(count:)` floats of any content.
    public func inputGradient(
        outputGradient: Span<Float>,
        prepared: Span<Float>,
        count: Int,
        weights: Span<Float>,
        rectifiedInput: Span<Float> = Span(),
        columns: Range<Int>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        precondition(columns.lowerBound >= 0 && columns.upperBound <= inputs)
        precondition(outputGradient.count == count * outputs && weights.count == inputs * outputs)
        precondition(prepared.count == preparedCount(count: count))
        precondition(rectifiedInput.isEmpty || rectifiedInput.count == count * inputs)
        precondition(scratch.count == scratchCount(count: count))
        guard count > 0, !columns.isEmpty else { return }
        precondition(inputGradient.count >= (count - 1) * inputs + columns.count)
        guard kernels.areOurs else {
            multiplyTransposed(outputGradient, count: count, weights, columns, into: &inputGradient)
            return
        }
        directInputGradient(
            prepared,
            count: count,
            weights,
            rectifiedInput,
            columns,
            into: &inputGradient,
            scratch: &scratch
        )
    }

    /// Computes some rows of the gradient of the weights.
    ///
    /// - Parameters:
    ///   - input: As it went into `forward`.
    ///   - outputGradient: ∂loss/∂output before any activation, shape (count, outputs).
    ///   - panels: The same as `prepareWeightGradient` laid it out.
    ///   - count: How many rows the batch has, at least one.
    ///   - rows: Which rows of the weights.
    ///   - prefetch: What is read after this.
    ///   - weightGradient: shape (rows, outputs); overwritten.
    public func weightGradient(
        input: Span<Float>,
        outputGradient: Span<Float>,
        panels: Span<Float>,
        count: Int,
        rows: Range<Int>,
        prefetching prefetch: Prefetch = Prefetch(),
        into weightGradient: inout MutableSpan<Float>
    ) {
        precondition(count > 0 && rows.lowerBound >= 0 && rows.upperBound <= inputs)
        precondition(input.count == count * inputs && outputGradient.count == count * outputs)
        precondition(panels.count == panelsCount(count: count))
        precondition(weightGradient.count == rows.count * outputs)
        precondition(prefetch.count == 0 || prefetch.count == weightGradient.count)
        guard !rows.isEmpty else { return }
        guard kernels.areOurs else {
            multiplyInputs(input, outputGradient, count: count, rows, into: &weightGradient)
            return
        }
        directWeightGradient(
            input,
            panels,
            count: count,
            rows,
            prefetch,
            into: &weightGradient
        )
    }
}
