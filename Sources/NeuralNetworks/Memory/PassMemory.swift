internal import Tensors

/// A workspace during a pass: every core writes parts of its own.
struct PassMemory: ~Escapable, Sendable {
    let capacity: Int
    let layout: WorkspaceLayout
    /// What went into the first layer, then what each layer gave out.
    let activations: DisjointFloats
    /// ∂loss/∂activation, laid out like the activations.
    let gradients: DisjointFloats
    /// Weights and gradients as the kernels read them.
    let packed: DisjointFloats
    /// The convolutions' parameter gradients of each slice of the batch.
    let sliceGradients: DisjointFloats
    private let scratch: DisjointFloats
    private let blockGradients: DisjointFloats

    @_lifetime(
        copy activations,
        copy gradients,
        copy packed,
        copy sliceGradients,
        copy scratch,
        copy blockGradients
    )
    init(
        capacity: Int,
        layout: WorkspaceLayout,
        activations: DisjointFloats,
        gradients: DisjointFloats,
        packed: DisjointFloats,
        sliceGradients: DisjointFloats,
        scratch: DisjointFloats,
        blockGradients: DisjointFloats
    ) {
        self.capacity = capacity
        self.layout = layout
        self.activations = activations
        self.gradients = gradients
        self.packed = packed
        self.sliceGradients = sliceGradients
        self.scratch = scratch
        self.blockGradients = blockGradients
    }

    /// What one call of a layer needs beside its arguments: `count` floats of the worker's own, after
    /// `first` others.
    @_lifetime(copy self)
    func scratch(_ count: Int, after first: Int = 0, worker: Int) -> DisjointFloats.Part {
        precondition(first + count <= layout.scratchPerWorker)
        let start = worker * layout.scratchPerWorker + first
        return scratch.part(start..<(start + count))
    }

    /// The gradient of a few parameters until it is used up: `count` floats of the worker's own.
    @_lifetime(copy self)
    func blockGradient(_ count: Int, worker: Int) -> DisjointFloats.Part {
        precondition(count <= layout.blockPerWorker)
        let start = worker * layout.blockPerWorker
        return blockGradients.part(start..<(start + count))
    }
}
