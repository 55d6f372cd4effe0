public import BackgroundQueues
public import NeuralNetworks
internal import RandomNumbers
public import Tensors

/// A network with its parameters: gives a Q-value for every action of a state.
public struct QNetwork: ~Copyable, Sendable {
    /// The layers.
    public let network: Sequential
    /// What their outputs stand for.
    public let head: ValueHead
    /// Their parameters, one flat block.
    public private(set) var parameters: FloatBuffer

    /// Joins a network and a block of its parameters.
    public init(
        network: Sequential,
        head: ValueHead = .scalar,
        parameters: consuming FloatBuffer
    ) {
        precondition(parameters.count == network.parameterCount)
        self.network = network
        self.head = head
        self.parameters = parameters
    }

    /// A network with a copy of `parameters`.
    /// - Throws: `NetworkError.memory` where there is none for them.
    init(
        network: Sequential,
        head: ValueHead,
        copying parameters: Span<Float>
    ) throws(NetworkError) {
        let copy: FloatBuffer
        do throws(AllocationError) {
            copy = try FloatBuffer(allocatingCopyOf: parameters)
        } catch {
            throw .memory(part: "parameters", byteCount: error.byteCount)
        }
        self.init(network: network, head: head, parameters: copy)
    }

    /// A copy of the block of parameters.
    var parameterArray: [Float] { Array(copying: parameters.span) }

    /// Takes over another network's parameters.
    mutating func copyParameters(from source: borrowing QNetwork) {
        copyParameters(from: source.parameters.span)
    }

    /// Takes over a block of parameters of the same network.
    mutating func copyParameters(from source: Span<Float>) {
        var target = parameters.mutableSpan
        target.copy(from: source)
    }

    /// Draws other noise and adds it to the parameters, in memory of its own.
    func draw(
        _ noise: inout ParameterNoise,
        from generator: inout RandomGenerator,
        pool: ComputePool
    ) {
        noise.draw(from: &generator, addingTo: parameters.span, pool: pool)
    }

    /// Changes the parameters by the gradient of the outputs that a workspace holds.
    mutating func step(
        by optimizer: inout Optimizer,
        count: Int,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        network.backward(
            count: count,
            updating: &parameters,
            by: &optimizer,
            workspace: &workspace,
            pool: pool
        )
    }

    /// Gives `next` the parameters changed by the gradient of the outputs that a workspace holds.
    borrowing func step(
        into next: inout QNetwork,
        by optimizer: inout Optimizer,
        count: Int,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        network.backward(
            count: count,
            parameters: parameters,
            updatedInto: &next.parameters,
            by: &optimizer,
            workspace: &workspace,
            pool: pool
        )
    }

    /// Changes the parameters by their gradient, which is shortened by `scale` first.
    mutating func step(
        by optimizer: inout Optimizer,
        gradient: borrowing FloatBuffer,
        scale: Float,
        pool: ComputePool
    ) {
        optimizer.update(&parameters, gradient: gradient, scale: scale, pool: pool)
    }

    /// Draws the parameters anew; see `Sequential.redraw`.
    mutating func redraw(
        keeping share: Float,
        _ initialization: Initialization,
        noiseScale: Float,
        using generator: inout RandomGenerator
    ) {
        network.redraw(
            &parameters,
            keeping: share,
            initialization,
            noiseScale: noiseScale,
            using: &generator
        )
    }

    /// How many actions have a Q-value.
    public var actionCount: Int { network.architecture.outputCount / head.outputsPerAction }

    /// Computes the outputs for `count` states.
    ///
    /// - Parameters:
    ///   - states: `count` times the bytes of one state.
    ///   - count: How many states, at most the workspace's capacity.
    ///   - workspace: Overwritten.
    ///   - pool: The cores to use.
    /// - Returns: shape (count, outputs), until the next pass through the workspace.
    @_lifetime(&workspace)
    public func forward(
        _ states: Span<UInt8>,
        count: Int,
        workspace: inout Workspace,
        pool: ComputePool
    ) -> Span<Float> {
        network.forward(
            states,
            count: count,
            parameters: parameters,
            workspace: &workspace,
            pool: pool
        )
        return network.outputs(of: workspace, count: count)
    }

    /// The Q-values of `count` states, copied: shape (count, actions).
    ///
    /// `layers` are the network's own, perhaps on other kernels: those that the workspace fits.
    func qValues(
        of states: Span<UInt8>,
        count: Int,
        through layers: Sequential,
        noise: borrowing ParameterNoise,
        workspace: inout Workspace,
        pool: ComputePool
    ) -> [Float] {
        layers.forward(
            states,
            count: count,
            parameters: parameters,
            noise: noise,
            workspace: &workspace,
            pool: pool
        )
        return head.qValues(layers.outputs(of: workspace, count: count), states: count)
    }
}
