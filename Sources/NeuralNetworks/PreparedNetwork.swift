public import BackgroundQueues
public import Tensors

/// A network with its parameters, whose weights were packed once as its kernels read them: for parameters
/// that many passes go through unchanged.
public struct PreparedNetwork: ~Copyable, Sendable {
    /// The layers.
    public let network: Sequential
    /// Their parameters, one flat block.
    public private(set) var parameters: FloatBuffer
    private var packedWeights: FloatBuffer

    /// Prepares a copy of `parameters`.
    /// - Throws: `NetworkError.memory` where there is none for it.
    public init(
        _ network: Sequential,
        copying parameters: Span<Float>
    ) throws(NetworkError) {
        let block = try FloatBuffer.allocating(network.parameterCount, for: "parameters")
        let packed = try FloatBuffer.allocating(network.packedWeightCount, for: "packed weights")
        self.network = network
        self.parameters = block
        packedWeights = packed
        replaceParameters(with: parameters)
    }

    /// Bytes of the weights that are packed, beside the block of parameters.
    public static func packedByteCount(_ network: Sequential) -> Int {
        FloatBuffer.byteCount(network.packedWeightCount)
    }

    /// Takes other parameters over, in the memory there is.
    /// - Parameter source: A block of parameters of the same network.
    public mutating func replaceParameters(with source: borrowing FloatBuffer) {
        replaceParameters(with: source.span)
    }

    /// Takes other parameters over, in the memory there is.
    /// - Parameter source: A block of parameters of the same network.
    public mutating func replaceParameters(with source: Span<Float>) {
        do {
            var block = parameters.mutableSpan
            block.copy(from: source)
        }
        let network = network
        let packed = packedWeights.disjointParts
        network.packWeights(source, into: packed, pool: ComputePool(width: 1))
    }

    /// Computes the outputs of `count` observations, as `Sequential.forward` does, to the bit.
    ///
    /// - Parameters:
    ///   - observations: `count` times `architecture.input.byteCount` bytes.
    ///   - count: How many observations, at most the workspace's capacity.
    ///   - workspace: Overwritten; need not pack weights.
    ///   - pool: The cores to use.
    public func forward(
        _ observations: Span<UInt8>,
        count: Int,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        forward(observations, count: count, parameters.span, workspace: &workspace, pool: pool)
    }

    /// Computes the outputs with noise in the dense layers, which was added to these parameters.
    public func forward(
        _ observations: Span<UInt8>,
        count: Int,
        noise: borrowing ParameterNoise,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        let chosen = noise.isEmpty ? parameters.span : noise.parameters.span
        forward(observations, count: count, chosen, workspace: &workspace, pool: pool)
    }

    private func forward(
        _ observations: Span<UInt8>,
        count: Int,
        _ parameters: Span<Float>,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        let memory = workspace.memory
        network.checkBatch(observations, count, memory)
        let pass = Pass(
            network,
            count: count,
            parameters: parameters,
            packedWeights: packedWeights.span,
            memory: memory,
            pool: pool
        )
        pass.forward(observations)
    }
}
