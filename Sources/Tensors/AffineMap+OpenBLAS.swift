internal import CKernels

/// Dense layers by OpenBLAS.
extension AffineMap {
    func multiplyColumns(
        _ input: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ columns: Range<Int>,
        into output: inout MutableSpan<Float>
    ) {
        let slab = Matrix(
            weights.extracting(columns.lowerBound...),
            rows: inputs,
            columns: columns.count,
            rowStride: outputs
        )
        for first in stride(from: 0, to: count, by: kernels.batchMultiple) {
            multiply(
                Matrix(
                    input.extracting((first * inputs)...),
                    rows: kernels.batchMultiple,
                    columns: inputs
                ),
                slab,
                into: &output,
                startingAt: first * outputs,
                rowStride: outputs
            )
        }
    }

    /// Adds the bias and rectifies, row by row.
    func finish(
        _ output: inout MutableSpan<Float>,
        count: Int,
        _ bias: Span<Float>,
        rectifies: Bool
    ) {
        guard let values = unsafe output.address else { return }
        for row in 0..<count {
            // The caller checked that the rows lie within.
            let row = unsafe values + row * outputs
            unsafe dqn_add_to_rows(bias.address, 1, bias.count, row)
            if rectifies {
                unsafe dqn_rectify(row, bias.count)
            }
        }
    }

    func multiplyTransposed(
        _ outputGradient: Span<Float>,
        count: Int,
        _ weights: Span<Float>,
        _ columns: Range<Int>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        let slab = Matrix(
            weights.extracting((columns.lowerBound * outputs)...),
            rows: columns.count,
            columns: outputs
        )
        multiply(
            Matrix(outputGradient, rows: count, columns: outputs),
            slab.transposed,
            into: &inputGradient,
            rowStride: inputs
        )
    }

    func multiplyInputs(
        _ input: Span<Float>,
        _ outputGradient: Span<Float>,
        count: Int,
        _ rows: Range<Int>,
        into weightGradient: inout MutableSpan<Float>
    ) {
        let slab = Matrix(
            input.extracting(rows.lowerBound...),
            rows: count,
            columns: rows.count,
            rowStride: inputs
        )
        multiply(
            slab.transposed,
            Matrix(outputGradient, rows: count, columns: outputs),
            into: &weightGradient
        )
    }
}
