internal import Tensors

/// Every output joined to every input, over a whole batch, with its activation.
///
/// Stateless, like `Conv2D`. The weights, shape (inputs, outputs), are too large for one core's
/// cache, so work is spread over parts of them and not over samples. The parts' borders depend on
/// the layer alone, which keeps results the same to the bit on any number of cores.
struct Dense: Equatable, Sendable {
    let map: AffineMap
    let activation: Activation
    let parameters: LayerParameters
    /// Its place among the network's dense layers.
    let index: Int
    /// Which level of the network it reads; see `Sequential.levelWidths`.
    let inputLevel: Int
    /// Where the gradient lies that it passes on: at that level, unless another branch reads it too.
    let gradientLevel: Int
    /// Which level it writes.
    let outputLevel: Int
    /// Whether what it reads came out of max(0, ·).
    let hasRectifiedInput: Bool
    /// Its rows of one observation: one, or one for each fraction that is asked for.
    var rowsPerObservation = 1
    /// Whether it reads what the network was given beside the observation.
    var readsFractions = false
    /// What follows it before any other layer.
    var normalization: LayerNorm?

    /// Nothing learns from the gradient of the observation itself.
    var passesGradientOn: Bool { inputLevel > 0 && !readsFractions }

    /// Its rows of so many observations.
    func rows(_ count: Int) -> Int { count * rowsPerObservation }

    /// The columns of the weights that one core computes at a time, forward.
    func columnParts(count: Int) -> Partition {
        // Where sums round by a product's shape, that must not follow from the batch's size.
        let rows = map.kernels.roundsByShape ? map.paddedCount(1) : count
        return parts(
            of: map.outputs,
            multiplications: map.inputs * map.outputs * rows,
            multiple: map.computesSingleRows && count == 1 ? AffineMap.singleRowColumns : 16
        )
    }

    /// The rows of the weights that one core computes at a time, backward.
    func rowParts(count: Int) -> Partition {
        parts(of: map.inputs, multiplications: map.inputs * map.outputs * count, multiple: 16)
    }

    /// Where some rows of the weights lie in the block of parameters.
    func weights(ofRows rows: Range<Int>) -> Range<Int> {
        let start = parameters.weights.lowerBound
        return (start + rows.lowerBound * map.outputs)..<(start + rows.upperBound * map.outputs)
    }

    /// Rows of the weights whose gradient stays in a core's cache until it is used up.
    var blockRows: Int {
        let rows = map.kernels.gradientBlockFloats / map.outputs
        return rows < 16 ? max(rows, 1) : rows / 16 * 16
    }

    /// Splits `length` rows or columns of the weights into at most eight parts of a multiple of
    /// `multiple`, where the work is worth another core's while.
    private func parts(of length: Int, multiplications: Int, multiple: Int) -> Partition {
        let most = 8 * multiple
        let isShort = multiplications < Partition.fewMultiplications
        let size = isShort ? length : (length + most - 1) / most * multiple
        return Partition(length: length, partSize: size)
    }
}
