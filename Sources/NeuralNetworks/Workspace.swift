internal import Tensors

/// The memory of passes through one network: what every layer gave out, and the gradients of that.
///
/// Made once and used again, so that a training step allocates nothing. One pass at a time uses it.
public struct Workspace: ~Copyable, Sendable {
    /// How many observations one pass may hold.
    public let capacity: Int
    /// Observations that are gone through one after the other, their gradients summed in order.
    static let sliceSize = 4

    let layout: WorkspaceLayout
    /// What went into the first layer, then what each layer gave out.
    let activations: FloatBuffer
    /// ∂loss/∂activation, laid out like the activations; empty where no backward pass is to be run.
    let gradients: FloatBuffer
    /// Patches of a convolution, a part a worker.
    let scratch: FloatBuffer
    /// The convolutions' parameter gradients of each slice of the batch.
    let sliceGradients: FloatBuffer

    /// - Parameters:
    ///   - network: The network that passes go through.
    ///   - capacity: How many observations one pass may hold.
    ///   - workers: The width of the widest pool that passes run on.
    ///   - keepsGradients: Whether backward passes are run too.
    public init(network: Sequential, capacity: Int, workers: Int, keepsGradients: Bool) {
        precondition(capacity > 0 && workers > 0)
        self.capacity = capacity
        layout = WorkspaceLayout(network: network, capacity: capacity)
        activations = FloatBuffer(count: layout.count)
        gradients = FloatBuffer(count: keepsGradients ? layout.count : 0)
        scratch = FloatBuffer(count: layout.scratchPerWorker * workers)
        let slices = keepsGradients ? (capacity + Self.sliceSize - 1) / Self.sliceSize : 0
        sliceGradients = FloatBuffer(count: slices * network.convolutionParameterCount)
    }

    func scratchRange(worker: Int) -> Range<Int> {
        (worker * layout.scratchPerWorker)..<((worker + 1) * layout.scratchPerWorker)
    }
}

/// Where each layer's numbers lie in a workspace.
struct WorkspaceLayout: Sendable {
    /// Numbers an observation, of the input and then of each layer's output.
    let widths: [Int]
    /// Where each of those begins.
    let offsets: [Int]
    let count: Int
    let scratchPerWorker: Int

    init(network: Sequential, capacity: Int) {
        widths = [network.architecture.input.count] + network.layerWidths
        var offsets = [0]
        for width in widths {
            // Whole cache lines, so that layers never share one.
            offsets.append(offsets[offsets.count - 1] + (width * capacity + 15) / 16 * 16)
        }
        count = offsets.removeLast()
        self.offsets = offsets
        scratchPerWorker = network.convolutions.map(\.shape.scratchCount).max() ?? 0
    }

    /// The numbers of `samples` at `level`: 0 is the input, l the output of layer l.
    func range(level: Int, samples: Range<Int>) -> Range<Int> {
        let (offset, width) = (offsets[level], widths[level])
        return (offset + samples.lowerBound * width)..<(offset + samples.upperBound * width)
    }

    func range(level: Int, sample: Int) -> Range<Int> {
        range(level: level, samples: sample..<(sample + 1))
    }
}
