internal import Tensors

/// The memory of passes through one network: what every layer gave out, and the gradients of that.
///
/// Made once and used again, so that a training step allocates nothing. One pass at a time uses it.
public struct Workspace: ~Copyable, Sendable {
    /// How many observations one pass may hold.
    public let capacity: Int
    /// Observations that are gone back through by one core, their gradients summed in order.
    static let sliceSize = 4

    let layout: WorkspaceLayout
    /// What went into the first layer, then what each layer gave out.
    let activations: FloatBuffer
    /// ∂loss/∂activation, laid out like the activations; empty where no backward pass is to be run.
    let gradients: FloatBuffer
    /// What one call of a layer needs beside its arguments, a part a worker.
    let scratch: FloatBuffer
    /// Weights laid out anew for the way there, weights and gradients for the way back.
    let prepared: FloatBuffer
    /// The convolutions' parameter gradients of each slice of the batch.
    let sliceGradients: FloatBuffer
    /// A few parameters' gradient, a part a worker, until it is used up.
    let blockGradients: FloatBuffer

    /// - Parameters:
    ///   - network: The network that passes go through.
    ///   - capacity: How many observations one pass may hold.
    ///   - workers: The width of the widest pool that passes run on.
    ///   - keepsGradients: Whether backward passes are run too.
    public init(network: Sequential, capacity: Int, workers: Int, keepsGradients: Bool) {
        precondition(capacity > 0 && workers > 0)
        self.capacity = capacity
        layout = WorkspaceLayout(
            network: network,
            capacity: capacity,
            workers: workers,
            keepsGradients: keepsGradients
        )
        activations = FloatBuffer(count: layout.count)
        gradients = FloatBuffer(count: keepsGradients ? layout.count : 0)
        scratch = FloatBuffer(count: layout.scratchPerWorker * workers)
        prepared = FloatBuffer(count: layout.preparedCount)
        let slices = keepsGradients ? (capacity + Self.sliceSize - 1) / Self.sliceSize : 0
        sliceGradients = FloatBuffer(count: slices * network.convolutionParameterCount)
        blockGradients = FloatBuffer(count: keepsGradients ? layout.blockPerWorker * workers : 0)
    }
}

/// Where each layer's numbers lie in a workspace.
struct WorkspaceLayout: Sendable {
    /// Numbers an observation, of the input and then of each layer's output.
    let widths: [Int]
    /// Where each of those begins.
    let offsets: [Int]
    let count: Int
    /// Levels below this one are kept for the pass's present observations only.
    let keptFrom: Int
    let scratchPerWorker: Int
    let blockPerWorker: Int
    /// Where each convolution's weights lie, prepared for the way there.
    let preparedKernelOffsets: [Int]
    /// Where each layer's prepared weights or gradient lie.
    private let preparedOffsets: [Int]
    /// Where each dense layer's gradient lies in panels.
    private let panelOffsets: [Int]
    let preparedCount: Int

    init(network: Sequential, capacity: Int, workers: Int, keepsGradients: Bool) {
        let (convolutions, denses) = (network.convolutions, network.denses)
        let paddedCapacity = denses.map { $0.map.paddedCount(capacity) }.max() ?? capacity
        widths = [network.architecture.input.count] + network.layerWidths
        keptFrom = keepsGradients ? 0 : convolutions.count
        let present = max(workers * network.imagesAtOnce, Sequential.mostSplitObservations)
        var offsets = [0]
        for (level, width) in widths.enumerated() {
            let observations = level < keptFrom ? present : paddedCapacity
            // Whole cache lines, so that layers never share one.
            let next = offsets[level] + roundedToLines(width * observations)
            offsets.append(next)
        }
        count = offsets.removeLast()
        self.offsets = offsets

        let convolutionScratch = convolutions.map(\.convolution.scratchCount)
        let denseScratch =
            network.splitsObservations
            ? [network.observationsScratchCount(capacity)]
            : denses.map { $0.map.scratchCount(count: capacity) }
        scratchPerWorker = roundedToLines((convolutionScratch + denseScratch).max() ?? 0)
        let blocks = denses.map { $0.blockRows * $0.map.outputs }
        blockPerWorker = roundedToLines(max(blocks.max() ?? 0, Sequential.sumPartSize))

        let kernels = convolutions.map(\.convolution.forwardPreparedCount)
        let backward =
            convolutions.map(\.convolution.preparedCount)
            + denses.map { $0.map.preparedCount(count: capacity) }
        var place = 0
        func reserve(_ count: Int) -> Int {
            defer { place += roundedToLines(count) }
            return place
        }
        preparedKernelOffsets = kernels.map(reserve)
        preparedOffsets = keepsGradients ? backward.map(reserve) : []
        let panels = denses.map { $0.map.panelsCount(count: capacity) }
        panelOffsets = keepsGradients ? panels.map(reserve) : []
        preparedCount = place
    }

    /// The first `count` floats of what a layer prepares for the gradient of its input.
    func prepared(_ level: Int, _ count: Int) -> Range<Int> {
        preparedOffsets[level]..<(preparedOffsets[level] + count)
    }

    /// The first `count` floats of what a dense layer prepares for the gradient of its weights.
    func panels(_ dense: Int, _ count: Int) -> Range<Int> {
        panelOffsets[dense]..<(panelOffsets[dense] + count)
    }

    /// The numbers of the first `count` observations at `level`: 0 is the input, l the output of
    /// layer l.
    func range(level: Int, count: Int) -> Range<Int> {
        offsets[level]..<(offsets[level] + count * widths[level])
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
        return start..<(start + samples.count * widths[level])
    }
}

private func roundedToLines(_ count: Int) -> Int {
    (count + 15) / 16 * 16
}
