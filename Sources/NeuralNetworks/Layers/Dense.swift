internal import BackgroundQueues
internal import Tensors

/// Every output joined to every input, over a whole batch, with its activation.
///
/// Stateless, like `Conv2D`. The weights, shape (inputs, outputs), are too large for one core's
/// cache, so work is spread over parts of them and not over samples. The parts' borders depend on
/// the layer alone, which keeps results the same to the bit on any number of cores.
struct Dense: Equatable, Sendable {
    let inputCount: Int
    let outputCount: Int
    let activation: Activation
    let parameters: LayerParameters

    /// - Parameters:
    ///   - input: shape (count, inputs).
    ///   - count: How many observations.
    ///   - block: All parameters of the network.
    ///   - output: The block that the outputs, shape (count, outputs), lie in.
    ///   - outputRange: Where in that block.
    ///   - pool: The cores to use.
    func forward(
        _ input: Span<Float>,
        count: Int,
        parameters block: borrowing FloatBuffer,
        into output: borrowing FloatBuffer,
        _ outputRange: Range<Int>,
        pool: ComputePool
    ) {
        let weights = block.span(parameters.weights)
        let parts = parts(of: outputCount, count: count)
        pool.forEach(parts.count) { part, _ in
            let columns = parts[part]
            let slab = Matrix(
                weights.extracting(columns.lowerBound...),
                rows: inputCount,
                columns: columns.count,
                rowStride: outputCount
            )
            // Each part fills columns of its own.
            let start = outputRange.lowerBound + columns.lowerBound
            unsafe output.withUnsafeMutableSpan(start..<outputRange.upperBound) { target in
                multiply(
                    Matrix(input, rows: count, columns: inputCount),
                    slab,
                    into: &target,
                    rowStride: outputCount
                )
            }
        }
        unsafe output.withUnsafeMutableSpan(outputRange) { output in
            addToRows(block.span(parameters.biases), of: &output)
            if activation == .relu {
                rectify(&output)
            }
        }
    }

    /// Turns the gradient after the activation into the one before it, in place.
    func activationBackward(_ gradient: inout MutableSpan<Float>, output: Span<Float>) {
        if activation == .relu {
            maskGradient(&gradient, whereZero: output)
        }
    }

    /// Overwrites the gradients of weights and biases.
    ///
    /// - Parameters:
    ///   - input: shape (count, inputs), as it went into `forward`.
    ///   - outputGradient: before the activation, shape (count, outputs).
    ///   - count: How many observations.
    ///   - gradient: The block that all gradients of the network lie in.
    ///   - pool: The cores to use.
    func parameterGradients(
        input: Span<Float>,
        outputGradient: Span<Float>,
        count: Int,
        into gradient: borrowing FloatBuffer,
        pool: ComputePool
    ) {
        let parts = parts(of: inputCount, count: count)
        pool.forEach(parts.count) { part, _ in
            let rows = parts[part]
            let inputs = Matrix(
                input.extracting(rows.lowerBound...),
                rows: count,
                columns: rows.count,
                rowStride: inputCount
            )
            let start = parameters.weights.lowerBound
            let range =
                (start + rows.lowerBound * outputCount)..<(start + rows.upperBound * outputCount)
            // Each part fills rows of its own.
            unsafe gradient.withUnsafeMutableSpan(range) { target in
                multiply(
                    inputs.transposed,
                    Matrix(outputGradient, rows: count, columns: outputCount),
                    into: &target
                )
            }
        }
        unsafe gradient.withUnsafeMutableSpan(parameters.biases) { target in
            target.fill(0)
            addRows(of: outputGradient, to: &target)
        }
    }

    /// The gradient that reaches the layer before.
    ///
    /// - Parameters:
    ///   - outputGradient: before the activation, shape (count, outputs).
    ///   - count: How many observations.
    ///   - block: All parameters of the network.
    ///   - inputGradient: The block that the result, shape (count, inputs), lies in; overwritten.
    ///   - inputRange: Where in that block.
    ///   - pool: The cores to use.
    func inputGradient(
        outputGradient: Span<Float>,
        count: Int,
        parameters block: borrowing FloatBuffer,
        into inputGradient: borrowing FloatBuffer,
        _ inputRange: Range<Int>,
        pool: ComputePool
    ) {
        let weights = block.span(parameters.weights)
        let parts = parts(of: inputCount, count: count)
        pool.forEach(parts.count) { part, _ in
            let columns = parts[part]
            let slab = Matrix(
                weights.extracting((columns.lowerBound * outputCount)...),
                rows: columns.count,
                columns: outputCount
            )
            // Each part fills columns of its own.
            let start = inputRange.lowerBound + columns.lowerBound
            unsafe inputGradient.withUnsafeMutableSpan(start..<inputRange.upperBound) { target in
                multiply(
                    Matrix(outputGradient, rows: count, columns: outputCount),
                    slab.transposed,
                    into: &target,
                    rowStride: inputCount
                )
            }
        }
    }

    /// Splits `length` rows or columns of the weights into at most eight parts of whole cache lines,
    /// where the product is long enough (about 50 µs) to be worth waking another core.
    private func parts(of length: Int, count: Int) -> Partition {
        let multiplications = inputCount * outputCount * count
        let size = multiplications < 2_000_000 ? length : ((length + 127) / 128 * 16)
        return Partition(length: length, partSize: size)
    }
}
