public import BackgroundQueues
public import Tensors

extension Sequential {
    /// Lets `body` write ∂loss/∂outputs, shape (count, outputCount), before a backward pass.
    public func withOutputGradients(
        of workspace: borrowing Workspace,
        count: Int,
        _ body: (inout MutableSpan<Float>) -> Void
    ) {
        let range = workspace.layout.range(level: layerWidths.count, count: count)
        unsafe workspace.gradients.withUnsafeMutableSpan(range, body)
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
        workspace: borrowing Workspace,
        gradient: borrowing FloatBuffer,
        pool: ComputePool
    ) {
        precondition(gradient.count == parameterCount)
        backward(count, parameters: parameters, workspace, pool: pool) { range, _, compute in
            // Every range comes once.
            unsafe gradient.withUnsafeMutableSpan(range) { compute(&$0, Span(), Span()) }
        }
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
        updating parameters: borrowing FloatBuffer,
        by optimizer: inout Optimizer,
        workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        optimizer.beginUpdate()
        step(count, parameters, to: parameters, by: optimizer, workspace, pool: pool) { _ in }
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
        updatedInto next: borrowing FloatBuffer,
        by optimizer: inout Optimizer,
        workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        optimizer.beginUpdate()
        step(count, parameters, to: next, by: optimizer, workspace, pool: pool) { range in
            // Every range comes once; a few parameters at a time stay in the core's cache.
            unsafe next.withUnsafeMutableSpan(range) { $0.copy(from: parameters.span(range)) }
        }
    }

    private func step(
        _ count: Int,
        _ parameters: borrowing FloatBuffer,
        to next: borrowing FloatBuffer,
        by optimizer: borrowing Optimizer,
        _ workspace: borrowing Workspace,
        pool: ComputePool,
        prepare: @Sendable (_ range: Range<Int>) -> Void
    ) {
        backward(count, parameters: parameters, workspace, pool: pool) { range, worker, compute in
            let start = worker * workspace.layout.blockPerWorker
            let block = start..<(start + range.count)
            // Each worker has a block of its own, and every range comes once.
            unsafe workspace.blockGradients.withUnsafeMutableSpan(block) {
                compute(&$0, optimizer.meanGradient.span(range), optimizer.meanSquare.span(range))
            }
            prepare(range)
            unsafe optimizer.step(
                next,
                range,
                gradient: workspace.blockGradients.span(block),
                scale: 1
            )
        }
    }

    /// Takes the gradient of some parameters: their range, the worker, and what computes it, which may
    /// ask for what is read next.
    ///
    /// The weights of that range are not read any more once it is called.
    typealias GradientDestination =
        @Sendable (
            _ range: Range<Int>,
            _ worker: Int,
            _ compute: (
                _ gradient: inout MutableSpan<Float>,
                _ upcoming: Span<Float>,
                _ others: Span<Float>
            ) -> Void
        ) -> Void

    private func backward(
        _ count: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool,
        into destination: GradientDestination
    ) {
        precondition(workspace.gradients.count > 0, "this workspace keeps no gradients")
        precondition(parameters.count == parameterCount)
        if splitsObservations {
            backwardByObservations(
                count,
                parameters: parameters,
                workspace,
                pool: pool,
                into: destination
            )
            return
        }
        for index in denses.indices.reversed() {
            backwardDense(
                index,
                count,
                parameters: parameters,
                workspace,
                pool: pool,
                into: destination
            )
        }
        guard !convolutions.isEmpty else { return }
        backwardConvolutions(count, parameters: parameters, workspace, pool: pool)
        sumSliceGradients(count, workspace, pool: pool, into: destination)
    }

    /// Goes back through one dense layer, some rows of its weights after the other: these rows give
    /// their part of the gradient of the input, and get their own.
    private func backwardDense(
        _ index: Int,
        _ count: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool,
        into destination: GradientDestination
    ) {
        let (layer, level, layout) = (denses[index], convolutions.count + index, workspace.layout)
        let map = layer.map
        let input = layout.range(level: level, count: count)
        let output = layout.range(level: level + 1, count: count)
        let prepared = layout.prepared(level, map.preparedCount(count: count))
        let panels = layout.panels(index, map.panelsCount(count: count))
        unsafe workspace.gradients.withUnsafeMutableSpan(output) { gradient in
            layer.activationBackward(&gradient, output: workspace.activations.span(output))
        }
        let outputGradient = workspace.gradients.span(output)
        destination(layer.parameters.biases, 0) { sum, _, _ in
            sum.fill(0)
            addRows(of: outputGradient, to: &sum)
        }
        if level > 0 {
            unsafe workspace.prepared.withUnsafeMutableSpan(prepared) {
                map.prepareGradient(outputGradient, count: count, into: &$0)
            }
        }
        unsafe workspace.prepared.withUnsafeMutableSpan(panels) {
            map.prepareWeightGradient(outputGradient, count: count, into: &$0)
        }
        let parts = layer.rowParts(count: count)
        pool.forEach(parts.count) { part, worker in
            let blocks = Partition(length: parts[part].count, partSize: layer.blockRows)
            for block in 0..<blocks.count {
                let (first, within) = (parts[part].lowerBound, blocks[block])
                let rows = (first + within.lowerBound)..<(first + within.upperBound)
                if level > 0 {
                    let columns = (input.lowerBound + rows.lowerBound)..<input.upperBound
                    let scratchCount = map.scratchCount(count: count)
                    // Each part fills columns of its own, each worker its own scratch.
                    unsafe withScratch(scratchCount, workspace, worker: worker) { scratch in
                        unsafe workspace.gradients.withUnsafeMutableSpan(columns) { target in
                            map.inputGradient(
                                outputGradient: outputGradient,
                                prepared: workspace.prepared.span(prepared),
                                count: count,
                                weights: parameters.span(layer.parameters.weights),
                                rectifiedInput: isRectified(level)
                                    ? workspace.activations.span(input) : Span(),
                                columns: rows,
                                into: &target,
                                scratch: &scratch
                            )
                        }
                    }
                }
                destination(layer.weights(ofRows: rows), worker) { target, upcoming, others in
                    map.weightGradient(
                        input: workspace.activations.span(input),
                        outputGradient: outputGradient,
                        panels: workspace.prepared.span(panels),
                        count: count,
                        rows: rows,
                        upcoming: upcoming,
                        others: others,
                        into: &target
                    )
                }
            }
        }
    }

    /// Adds up the convolutions' gradients of all slices, always in the same order.
    private func sumSliceGradients(
        _ count: Int,
        _ workspace: borrowing Workspace,
        pool: ComputePool,
        into destination: GradientDestination
    ) {
        let slices = Partition(length: count, partSize: Workspace.sliceSize)
        let parts = Partition(length: convolutionParameterCount, partSize: Self.sumPartSize)
        pool.forEach(parts.count) { part, worker in
            let range = parts[part]
            destination(range, worker) { sum, _, _ in
                sum.copy(from: workspace.sliceGradients.span(range))
                for slice in 1..<max(slices.count, 1) {
                    let offset = slice * convolutionParameterCount
                    let terms = (offset + range.lowerBound)..<(offset + range.upperBound)
                    add(workspace.sliceGradients.span(terms), to: &sum)
                }
            }
        }
    }

    /// Parameters whose gradients are summed by one core at a time.
    static let sumPartSize = 8_192
}
