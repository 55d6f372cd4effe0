public import BackgroundQueues
public import Tensors

extension Sequential {
    /// Computes the outputs of `count` observations; `outputs(of:count:)` then reads them.
    ///
    /// - Parameters:
    ///   - observations: `count` times `architecture.input.byteCount` bytes.
    ///   - count: How many observations, at most the workspace's capacity.
    ///   - parameters: The network's block of parameters.
    ///   - workspace: Overwritten.
    ///   - pool: The cores to use; the result is the same to the bit on any number of them.
    public func forward(
        _ observations: Span<UInt8>,
        count: Int,
        parameters: borrowing FloatBuffer,
        workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        let byteCount = architecture.input.byteCount
        precondition(count <= workspace.capacity, "\(count) observations in \(workspace.capacity)")
        precondition(
            observations.count == count * byteCount,
            "\(observations.count) bytes for \(count) observations of \(byteCount)"
        )
        precondition(parameters.count == parameterCount)
        let layout = workspace.layout
        pool.forEach(count) { sample, worker in
            let bytes = observations.extracting((sample * byteCount)..<((sample + 1) * byteCount))
            let input = layout.range(level: 0, sample: sample)
            // Each sample fills ranges of its own, each worker its own scratch.
            unsafe workspace.activations.withUnsafeMutableSpan(input) { floats in
                inputStage.read(bytes, into: &floats)
            }
            for (level, layer) in convolutions.enumerated() {
                let input = layout.range(level: level, sample: sample)
                let output = layout.range(level: level + 1, sample: sample)
                unsafe withScratch(of: layer, workspace, worker: worker) { scratch in
                    unsafe workspace.activations.withUnsafeMutableSpan(output) { target in
                        layer.forward(
                            workspace.activations.span(input),
                            parameters: parameters,
                            into: &target,
                            scratch: &scratch
                        )
                    }
                }
            }
        }
        for (index, layer) in denses.enumerated() {
            let level = convolutions.count + index
            layer.forward(
                workspace.activations.span(layout.range(level: level, samples: 0..<count)),
                count: count,
                parameters: parameters,
                into: workspace.activations,
                layout.range(level: level + 1, samples: 0..<count),
                pool: pool
            )
        }
    }

    /// What the last forward pass gave out.
    /// - Returns: shape (count, outputCount).
    @_lifetime(borrow workspace)
    public func outputs(of workspace: borrowing Workspace, count: Int) -> Span<Float> {
        workspace.activations.span(
            workspace.layout.range(level: layerWidths.count, samples: 0..<count)
        )
    }

    /// Lets `body` write ∂loss/∂outputs, shape (count, outputCount), before a backward pass.
    public func withOutputGradients(
        of workspace: borrowing Workspace,
        count: Int,
        _ body: (inout MutableSpan<Float>) -> Void
    ) {
        let range = workspace.layout.range(level: layerWidths.count, samples: 0..<count)
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
        precondition(workspace.gradients.count > 0, "this workspace keeps no gradients")
        precondition(gradient.count == parameterCount && parameters.count == parameterCount)
        let layout = workspace.layout
        for (index, layer) in denses.enumerated().reversed() {
            let level = convolutions.count + index
            let input = layout.range(level: level, samples: 0..<count)
            let output = layout.range(level: level + 1, samples: 0..<count)
            unsafe workspace.gradients.withUnsafeMutableSpan(output) { outputGradient in
                layer.activationBackward(
                    &outputGradient,
                    output: workspace.activations.span(output)
                )
            }
            layer.parameterGradients(
                input: workspace.activations.span(input),
                outputGradient: workspace.gradients.span(output),
                count: count,
                into: gradient,
                pool: pool
            )
            if level > 0 {
                layer.inputGradient(
                    outputGradient: workspace.gradients.span(output),
                    count: count,
                    parameters: parameters,
                    into: workspace.gradients,
                    input,
                    pool: pool
                )
            }
        }
        guard !convolutions.isEmpty else { return }
        convolutionsBackward(
            count: count,
            parameters: parameters,
            workspace: workspace,
            pool: pool
        )
        sumSliceGradients(count: count, workspace: workspace, into: gradient, pool: pool)
    }

    /// Goes back through the convolutions, slice by slice, each summing its samples' gradients.
    private func convolutionsBackward(
        count: Int,
        parameters: borrowing FloatBuffer,
        workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        let slices = Partition(length: count, partSize: Workspace.sliceSize)
        let parameterCount = convolutionParameterCount
        pool.forEach(slices.count) { slice, worker in
            let sums = (slice * parameterCount)..<((slice + 1) * parameterCount)
            // Each slice fills ranges of its own, each worker its own scratch.
            unsafe workspace.sliceGradients.withUnsafeMutableSpan(sums) { $0.fill(0) }
            for sample in slices[slice] {
                for (level, layer) in convolutions.enumerated().reversed() {
                    unsafe backward(
                        layer,
                        level: level,
                        sample: sample,
                        sums: sums.lowerBound,
                        parameters: parameters,
                        workspace: workspace,
                        worker: worker
                    )
                }
            }
        }
    }

    /// One sample's way back through one convolution.
    @unsafe
    private func backward(
        _ layer: Conv2D,
        level: Int,
        sample: Int,
        sums: Int,
        parameters: borrowing FloatBuffer,
        workspace: borrowing Workspace,
        worker: Int
    ) {
        let layout = workspace.layout
        let (input, output) = (
            layout.range(level: level, sample: sample),
            layout.range(level: level + 1, sample: sample)
        )
        unsafe workspace.gradients.withUnsafeMutableSpan(output) { outputGradient in
            layer.activationBackward(&outputGradient, output: workspace.activations.span(output))
        }
        let outputGradient = workspace.gradients.span(output)
        unsafe withScratch(of: layer, workspace, worker: worker) { scratch in
            let (weights, biases) = (layer.parameters.weights, layer.parameters.biases)
            let weightSums = (sums + weights.lowerBound)..<(sums + weights.upperBound)
            let biasSums = (sums + biases.lowerBound)..<(sums + biases.upperBound)
            unsafe workspace.sliceGradients.withUnsafeMutableSpan(weightSums) { weightGradient in
                unsafe workspace.sliceGradients.withUnsafeMutableSpan(biasSums) { biasGradient in
                    addConvolutionParameterGradients(
                        input: workspace.activations.span(input),
                        outputGradient: outputGradient,
                        shape: layer.shape,
                        weightGradient: &weightGradient,
                        biasGradient: &biasGradient,
                        scratch: &scratch
                    )
                }
            }
            // Nothing learns from the gradient of the observation itself.
            guard level > 0 else { return }
            unsafe workspace.gradients.withUnsafeMutableSpan(input) { inputGradient in
                convolutionInputGradient(
                    outputGradient: outputGradient,
                    weights: parameters.span(weights),
                    shape: layer.shape,
                    into: &inputGradient,
                    scratch: &scratch
                )
            }
        }
    }

    /// Adds up the slices' gradients, always in the same order.
    private func sumSliceGradients(
        count: Int,
        workspace: borrowing Workspace,
        into gradient: borrowing FloatBuffer,
        pool: ComputePool
    ) {
        let slices = Partition(length: count, partSize: Workspace.sliceSize)
        let parts = Partition(length: convolutionParameterCount, partSize: 16_384)
        pool.forEach(parts.count) { part, _ in
            let range = parts[part]
            // Each part fills a range of its own.
            unsafe gradient.withUnsafeMutableSpan(range) { sum in
                sum.copy(from: workspace.sliceGradients.span(range))
                for slice in 1..<max(slices.count, 1) {
                    let offset = slice * convolutionParameterCount
                    let terms = (offset + range.lowerBound)..<(offset + range.upperBound)
                    add(workspace.sliceGradients.span(terms), to: &sum)
                }
            }
        }
    }

    @unsafe
    private func withScratch(
        of layer: Conv2D,
        _ workspace: borrowing Workspace,
        worker: Int,
        _ body: (inout MutableSpan<Float>) -> Void
    ) {
        let start = workspace.scratchRange(worker: worker).lowerBound
        unsafe workspace.scratch.withUnsafeMutableSpan(
            start..<(start + layer.shape.scratchCount),
            body
        )
    }
}
