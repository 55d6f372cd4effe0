internal import Tensors

/// The memory of passes through one network: what every layer gave out, and the gradients of that.
///
/// Made once and used again, so that a training step allocates nothing. One pass at a time uses it.
public struct Workspace: ~Copyable, Sendable {
    /// How many observations one pass may hold.
    public let capacity: Int
    let layout: WorkspaceLayout
    /// See `PassMemory`.
    private(set) var activations: FloatBuffer
    private var gradients: FloatBuffer
    private var scratch: FloatBuffer
    private var packed: FloatBuffer
    private var sliceGradients: FloatBuffer
    private var blockGradients: FloatBuffer

    /// - Parameters:
    ///   - network: The network that passes go through.
    ///   - capacity: How many observations one pass may hold.
    ///   - workers: The width of the widest pool that passes run on.
    ///   - keepsGradients: Whether backward passes are run too.
    ///   - packsWeights: Whether passes go through parameters that are not prepared.
    /// - Throws: `NetworkError.memory` where there is none.
    public init(
        network: Sequential,
        capacity: Int,
        workers: Int,
        keepsGradients: Bool,
        packsWeights: Bool = true
    ) throws(NetworkError) {
        precondition(capacity > 0 && workers > 0)
        let layout = WorkspaceLayout(
            network: network,
            capacity: capacity,
            workers: workers,
            keepsGradients: keepsGradients,
            packsWeights: packsWeights
        )
        // All of them before any is kept: a struct without copies is made whole or not at all.
        let sizes = layout.sizes
        let activations = try FloatBuffer.allocating(sizes.activations, for: "activations")
        let gradients = try FloatBuffer.allocating(
            sizes.gradients,
            for: "the gradients of activations"
        )
        let scratch = try FloatBuffer.allocating(sizes.scratch, for: "what each worker computes in")
        let packed = try FloatBuffer.allocating(sizes.packed, for: "packed weights")
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
        self.packed = packed
        self.sliceGradients = sliceGradients
        self.blockGradients = blockGradients
    }

    /// Bytes that such a workspace takes up, computed without making one.
    public static func byteCount(
        network: Sequential,
        capacity: Int,
        workers: Int,
        keepsGradients: Bool,
        packsWeights: Bool = true
    ) -> Int {
        WorkspaceLayout(
            network: network,
            capacity: capacity,
            workers: workers,
            keepsGradients: keepsGradients,
            packsWeights: packsWeights
        ).sizes.byteCount
    }

    /// All of it for one pass.
    var memory: PassMemory {
        @_lifetime(&self)
        mutating get {
            PassMemory(
                capacity: capacity,
                layout: layout,
                activations: activations.disjointParts,
                gradients: gradients.disjointParts,
                packed: packed.disjointParts,
                sliceGradients: sliceGradients.disjointParts,
                scratch: scratch.disjointParts,
                blockGradients: blockGradients.disjointParts
            )
        }
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
