import NumericExpectations
import Tensors

extension AffineMap {
    /// What `count` rows give, or -7 left of `columns`.
    func output(
        _ input: [Float],
        count: Int,
        _ weights: [Float],
        _ bias: [Float],
        rectifies: Bool = false,
        columns: Range<Int>? = nil
    ) -> [Float] {
        let columns = columns ?? 0..<outputs
        let rows = paddedCount(count)
        // What lies beyond the rows that matter must not.
        let padding = [Float](repeating: .nan, count: (rows - count) * inputs)
        var output = FloatBuffer(count: rows * outputs)
        do {
            var whole = output.mutableSpan
            whole.fill(-7)
        }
        do {
            let parts = output.disjointParts
            var target = parts.columns(columns, of: 0..<parts.count, width: outputs)
            forward(
                (input + padding).span,
                count: count,
                weights: weights.span,
                bias: bias.span,
                rectifies: rectifies,
                columns: columns,
                into: &target.floats
            )
        }
        return Array(output.array[..<(count * outputs)])
    }
}
