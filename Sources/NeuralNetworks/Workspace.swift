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
    /// - Throws: `NetworkError.memory` where there is none.
    public init(
        network: Sequential,
        capacity: Int,
        workers: Int,
        keepsGradients: Bool
    ) throws(NetworkError) {
        precondition(capacity > 0 && workers > 0)
        let layout = WorkspaceLayout(
            network: network,
            capacity: capacity,
            workers: workers,
            keepsGradients: keepsGradients
        )
        // All of them before any is kept: a struct without copies is made whole or not at all.
        let sizes = layout.sizes
        let activations = try FloatBuffer.allocating(sizes.activations, for: "activations")
        let gradients = try FloatBuffer.allocating(
            sizes.gradients,
            for: "the gradients of activations"
        )
        let scratch = try FloatBuffer.allocating(sizes.scratch, for: "what each worker computes in")
        let prepared = try FloatBuffer.allocating(sizes.prepared, for: "prepared weights")
        let sliceGradients = try FloatBuffer.allocating(
            sizes.sliceGradients,
            for: "the gradients of slices"
        )
        let blockGradients = try FloatBuffer.allocating(
            sizes.blockGradients,
            for: "the gradients of blocks"
        )
        (self.capacity, self.layout) = (capacity, layout)
        self.activations = activations
        self.gradients = gradients
        self.scratch = scratch
        self.prepared = prepared
        self.sliceGradients = sliceGradients
        self.blockGradients = blockGradients
    }

    /// Bytes that such a workspace takes up, computed without making one.
    public static func byteCount(
        network: Sequential,
        capacity: Int,
        workers: Int,
        keepsGradients: Bool
    ) -> Int {
        WorkspaceLayout(
            network: network,
            capacity: capacity,
            workers: workers,
            keepsGradients: keepsGradients
        ).sizes.byteCount
    }
}

/// How many floats each of a workspace's buffers has.
struct WorkspaceSizes: Equatable, Sendable {
    let activations: Int
    let gradients: Int
    let scratch: Int
    let prepared: Int
    let sliceGradients: Int
    let blockGradients: Int

    var byteCount: Int {
        [activations, gradients, scratch, prepared, sliceGradients, blockGradients]
            .reduce(0) { $0 + FloatBuffer.byteCount($1) }
    }
}

extension FloatBuffer {
    /// Zeros for a part of a network, named in the error where there is no memory for them.
    static func allocating(_ count: Int, for part: String) throws(NetworkError) -> FloatBuffer {
        do throws(AllocationError) {
            return try FloatBuffer(allocating: count)
        } catch {
            throw .memory(part: part, byteCount: error.byteCount)
        }
    }
}

/// Where each layer's numbers lie in a workspace.
struct WorkspaceLayout: Sendable {
    /// Numbers an observation, of the input and then of each layer's output.
    let widths: [Int]
    /// Where each of those begins.
    let offsets: [Int]
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
    let sizes: WorkspaceSizes

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
        let count = offsets.removeLast()
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

        let slices = (capacity + Workspace.sliceSize - 1) / Workspace.sliceSize
        sizes = WorkspaceSizes(
            activations: count,
            gradients: keepsGradients ? count : 0,
            scratch: scratchPerWorker * workers,
            prepared: place,
            sliceGradients: keepsGradients ? slices * network.convolutionParameterCount : 0,
            blockGradients: keepsGradients ? blockPerWorker * workers : 0
        )
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
