internal import BackgroundQueues
internal import Tensors

extension Sequential {
    /// Goes back through the convolutions, slice by slice, each summing its samples' gradients.
    func backwardConvolutions(
        _ count: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        prepareWeights(parameters: parameters, workspace, pool: pool)
        let slices = Partition(length: count, partSize: Workspace.sliceSize)
        let parameterCount = convolutionParameterCount
        pool.forEach(slices.count) { slice, worker in
            for level in convolutions.indices.reversed() {
                // Each slice fills ranges of its own, each worker its own scratch.
                unsafe backward(
                    level,
                    samples: slices[slice],
                    sums: slice * parameterCount,
                    parameters: parameters,
                    workspace: workspace,
                    worker: worker
                )
            }
        }
    }

    /// Lays the weights out for the gradients of the inputs, once for the whole batch.
    private func prepareWeights(
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        // Nothing learns from the gradient of the observation itself.
        pool.forEach(convolutions.count - 1) { index, worker in
            let layer = convolutions[index + 1]
            let range = preparedRange(index + 1, workspace)
            let scratchCount = layer.convolution.scratchCount
            // Each layer fills a range of its own, each worker its own scratch.
            unsafe withScratch(scratchCount, workspace, worker: worker) { scratch in
                unsafe workspace.prepared.withUnsafeMutableSpan(range) { prepared in
                    layer.convolution.prepareInputGradients(
                        weights: parameters.span(layer.parameters.weights),
                        into: &prepared,
                        scratch: &scratch
                    )
                }
            }
        }
    }

    private func preparedRange(_ level: Int, _ workspace: borrowing Workspace) -> Range<Int> {
        workspace.layout.prepared(level, convolutions[level].convolution.preparedCount)
    }

    /// A slice's way back through one convolution.
    @unsafe
    private func backward(
        _ level: Int,
        samples: Range<Int>,
        sums: Int,
        parameters: borrowing FloatBuffer,
        workspace: borrowing Workspace,
        worker: Int
    ) {
        let (layer, layout) = (convolutions[level], workspace.layout)
        let input = layout.range(level: level, samples: samples, slot: 0)
        let output = layout.range(level: level + 1, samples: samples, slot: 0)
        unsafe workspace.gradients.withUnsafeMutableSpan(output) { outputGradients in
            layer.activationBackward(&outputGradients, output: workspace.activations.span(output))
        }
        let outputGradients = workspace.gradients.span(output)
        unsafe withScratch(layer.convolution.scratchCount, workspace, worker: worker) { scratch in
            let (weights, biases) = (layer.parameters.weights, layer.parameters.biases)
            let weightSums = (sums + weights.lowerBound)..<(sums + weights.upperBound)
            let biasSums = (sums + biases.lowerBound)..<(sums + biases.upperBound)
            unsafe workspace.sliceGradients.withUnsafeMutableSpan(weightSums) { weightGradient in
                unsafe workspace.sliceGradients.withUnsafeMutableSpan(biasSums) { biasGradient in
                    layer.convolution.parameterGradients(
                        inputs: workspace.activations.span(input),
                        outputGradients: outputGradients,
                        count: samples.count,
                        weightGradient: &weightGradient,
                        biasGradient: &biasGradient,
                        scratch: &scratch
                    )
                }
            }
            guard level > 0 else { return }
            unsafe workspace.gradients.withUnsafeMutableSpan(input) { inputGradients in
                layer.convolution.inputGradients(
                    outputGradients: outputGradients,
                    count: samples.count,
                    weights: parameters.span(weights),
                    prepared: workspace.prepared.span(preparedRange(level, workspace)),
                    into: &inputGradients,
                    scratch: &scratch
                )
            }
        }
    }
}
