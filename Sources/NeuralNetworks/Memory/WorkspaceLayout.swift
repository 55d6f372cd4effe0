internal import Tensors

/// Where each layer's numbers lie in a workspace.
struct WorkspaceLayout: Sendable {
    /// Numbers an observation, of the input and then of each layer's output.
    private let widths: [Int]
    /// Where each of those begins.
    private let offsets: [Int]
    /// Levels below this one are kept for the observations alone that are present in the pass.
    private let keptFrom: Int
    let scratchPerWorker: Int
    let blockPerWorker: Int
    /// Where each convolution's weights lie for the gradient of its input, and each dense layer's gradient
    /// for that of its input and of its weights; none where no backward pass is run.
    private let transposedWeights: [Range<Int>]
    private let packedGradients: [Range<Int>]
    private let panels: [Range<Int>]
    let sizes: WorkspaceSizes

    init(
        network: Sequential,
        capacity: Int,
        workers: Int,
        keepsGradients: Bool,
        packsWeights: Bool
    ) {
        let (convolutions, denses) = (network.convolutions, network.denses)
        let paddedCapacity = denses.map { $0.map.paddedCount(capacity) }.max() ?? capacity
        let present = max(workers * network.imagesAtOnce, RowPlan.mostObservations)
        let keptFrom = keepsGradients ? 0 : convolutions.last?.lastLevel ?? 0
        var levels = CacheLines()
        offsets = network.levelWidths.enumerated().map { level, width in
            levels.reserve(width * (level < keptFrom ? present : paddedCapacity)).lowerBound
        }
        widths = network.levelWidths
        self.keptFrom = keptFrom

        let scratch =
            network.splitsObservations
            ? [network.observationsScratchCount(capacity)]
            : denses.map { $0.map.scratchCount(count: $0.rows(capacity)) }
        scratchPerWorker = CacheLines.rounded(
            (convolutions.map(\.convolution.scratchCount) + scratch).max() ?? 0
        )
        let blocks = denses.map { $0.blockRows * $0.map.outputs }
        blockPerWorker = CacheLines.rounded(max(blocks.max() ?? 0, ImagePlan.sumPartSize))

        var packed = CacheLines()
        _ = packed.reserve(packsWeights ? network.packedWeightCount : 0)
        let learning = keepsGradients
        transposedWeights =
            learning ? convolutions.map { packed.reserve($0.convolution.preparedCount) } : []
        packedGradients =
            learning
            ? denses.map { packed.reserve($0.map.preparedCount(count: $0.rows(capacity))) } : []
        panels =
            learning
            ? denses.map { packed.reserve($0.map.panelsCount(count: $0.rows(capacity))) } : []

        let slices = Partition(length: capacity, partSize: ImagePlan.sliceSize)
        sizes = WorkspaceSizes(
            activations: levels.count,
            gradients: keepsGradients ? levels.count : 0,
            scratch: scratchPerWorker * workers,
            packed: packed.count,
            sliceGradients: keepsGradients ? slices.count * network.convolutionParameterCount : 0,
            blockGradients: keepsGradients ? blockPerWorker * workers : 0
        )
    }

    /// A convolution's weights for the gradient of its input.
    func transposedWeights(_ level: Int) -> Range<Int> { transposedWeights[level] }

    /// The gradient of a dense layer's output for that of its input.
    func packedGradient(_ layer: Dense, count: Int) -> Range<Int> {
        packedGradients[layer.index].lowerBound.followed(
            by: layer.map.preparedCount(count: layer.rows(count))
        )
    }

    /// The gradient of a dense layer's output for that of its weights.
    func panels(_ layer: Dense, count: Int) -> Range<Int> {
        panels[layer.index].lowerBound.followed(
            by: layer.map.panelsCount(count: layer.rows(count))
        )
    }

    /// The numbers of the first `count` observations at `level`: 0 is the input, l the output of
    /// layer l.
    func range(level: Int, count: Int) -> Range<Int> {
        offsets[level].followed(by: count * widths[level])
    }

    /// The numbers of some observations at `level`.
    ///
    /// - Parameters:
    ///   - level: 0 is the input, l the output of layer l.
    ///   - samples: The observations' places in the batch.
    ///   - slot: Where the first is held at levels that are not kept: apart from others present.
    /// - Returns: Their place in the block of activations, and in that of gradients.
    func range(level: Int, samples: Range<Int>, slot: Int) -> Range<Int> {
        let place = level < keptFrom ? slot : samples.lowerBound
        let start = offsets[level] + place * widths[level]
        return start.followed(by: samples.count * widths[level])
    }
}

extension Int {
    fileprivate func followed(by count: Int) -> Range<Int> { self..<(self + count) }
}

/// How many floats each of a workspace's buffers has.
struct WorkspaceSizes: Equatable, Sendable {
    let activations: Int
    let gradients: Int
    let scratch: Int
    let packed: Int
    let sliceGradients: Int
    let blockGradients: Int

    var byteCount: Int {
        [activations, gradients, scratch, packed, sliceGradients, blockGradients]
            .reduce(0) { $0 + FloatBuffer.byteCount($1) }
    }
}
