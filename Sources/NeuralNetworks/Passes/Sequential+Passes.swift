public import BackgroundQueues
public import Tensors

extension Sequential {
    /// Computes the outputs of `count` observations; `outputs(of:count:)` then reads them.
    ///
    /// Weights are packed as the kernels read them first; see `PreparedNetwork` for parameters that stay.
    ///
    /// - Parameters:
    ///   - observations: `count` times `architecture.input.byteCount` bytes.
    ///   - count: How many observations, at most the workspace's capacity.
    ///   - parameters: The network's block of parameters.
    ///   - workspace: Overwritten; must pack weights.
    ///   - pool: The cores to use; the result is the same to the bit on any number of them, and
    ///     whatever other observations are in the batch.
    public func forward(
        _ observations: Span<UInt8>,
        count: Int,
        parameters: borrowing FloatBuffer,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        let memory = workspace.memory
        checkBatch(observations, count, memory)
        packWeights(parameters.span, into: memory.packed, pool: pool)
        let pass = Pass(
            self,
            count: count,
            parameters: parameters.span,
            packedWeights: memory.packed.span(0..<packedWeightCount),
            memory: memory,
            pool: pool
        )
        pass.forward(observations)
    }

    /// What the last forward pass gave out.
    /// - Returns: shape (count, outputCount).
    @_lifetime(borrow workspace)
    public func outputs(of workspace: borrowing Workspace, count: Int) -> Span<Float> {
        workspace.activations.span(workspace.layout.range(level: outputLevel, count: count))
    }

    /// Lets `body` read the outputs of the last forward pass and write ∂loss/∂outputs, which a backward
    /// pass begins with; both have the shape (count, outputCount).
    public func withOutputGradients<Result>(
        of workspace: inout Workspace,
        count: Int,
        _ body: (_ outputs: Span<Float>, _ gradients: inout MutableSpan<Float>) -> Result
    ) -> Result {
        let memory = workspace.memory
        let range = memory.layout.range(level: outputLevel, count: count)
        var gradients = memory.gradients.part(range)
        return body(memory.activations.span(range), &gradients.floats)
    }

    /// Computes the gradient of every parameter from the gradients of the outputs.
    ///
    /// - Parameters:
    ///   - count: As in the forward pass that came before.
    ///   - parameters: As in that pass.
    ///   - workspace: As that pass left it, with the output gradients filled in.
    ///   - gradient: ∂loss/∂parameters; overwritten, which spares a pass to zero 6.7 MB.
    ///   - pool: The cores to use.
    public func backward(
        count: Int,
        parameters: borrowing FloatBuffer,
        workspace: inout Workspace,
        gradient: inout FloatBuffer,
        pool: ComputePool
    ) {
        precondition(gradient.count == parameterCount)
        let memory = workspace.memory
        let pass = Pass(
            self,
            count: count,
            parameters: parameters.span,
            memory: memory,
            pool: pool
        )
        pass.backward(into: .block(gradient.disjointParts))
    }

    /// Changes every parameter by its gradient, computed from the gradients of the outputs.
    ///
    /// Does what `backward(count:parameters:workspace:gradient:pool:)` and then
    /// `Optimizer.update` do, to the bit, but never holds the whole gradient: a few parameters at a
    /// time are changed while their gradient is still in the core's cache.
    ///
    /// - Parameters:
    ///   - count: As in the forward pass that came before.
    ///   - parameters: As in that pass; changed.
    ///   - optimizer: The rule that changes them.
    ///   - workspace: As that pass left it, with the output gradients filled in.
    ///   - pool: The cores to use.
    public func backward(
        count: Int,
        updating parameters: inout FloatBuffer,
        by optimizer: inout Optimizer,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        let (memory, values) = (workspace.memory, parameters.disjointParts)
        let pass = Pass(
            self,
            count: count,
            parameters: values.span(0..<values.count),
            memory: memory,
            pool: pool
        )
        let step = ParameterStep(by: optimizer.beginUpdate(), of: values, memory)
        pass.backward(into: .step(step))
    }

    /// Writes every parameter as it is after a step by its gradient, and leaves those before the
    /// step as they are, for whoever reads them meanwhile.
    ///
    /// Gives the same parameters as a step in place, to the bit.
    ///
    /// - Parameters:
    ///   - count: As in the forward pass that came before.
    ///   - parameters: As in that pass.
    ///   - next: The parameters after the step; overwritten.
    ///   - optimizer: The rule that changes them.
    ///   - workspace: As that pass left it, with the output gradients filled in.
    ///   - pool: The cores to use.
    public func backward(
        count: Int,
        parameters: borrowing FloatBuffer,
        updatedInto next: inout FloatBuffer,
        by optimizer: inout Optimizer,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        let memory = workspace.memory
        let pass = Pass(
            self,
            count: count,
            parameters: parameters.span,
            memory: memory,
            pool: pool
        )
        let step = ParameterStep(
            by: optimizer.beginUpdate(),
            of: next.disjointParts,
            startingAt: parameters.span,
            memory
        )
        pass.backward(into: .step(step))
    }

    func checkBatch(_ observations: Span<UInt8>, _ count: Int, _ memory: PassMemory) {
        let byteCount = architecture.input.byteCount
        precondition(count <= memory.capacity, "\(count) observations in \(memory.capacity)")
        precondition(
            observations.count == count * byteCount,
            "\(observations.count) bytes for \(count) observations of \(byteCount)"
        )
    }
}
