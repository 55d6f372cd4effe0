internal import BackgroundQueues
internal import Tensors

/// Takes a batch through the convolutions, each core some observations through all layers.
struct ImagePlan: ~Escapable, Sendable {
    /// Observations that one core takes backward, their gradients summed in order.
    static let sliceSize = 4
    /// Parameters whose slices' gradients are summed by one core at a time.
    static let sumPartSize = 8_192
    /// Floats that are worth another core's while to read where no convolution follows.
    fileprivate static let floatsReadAtOnce = 65_536

    private let pass: Pass

    @_lifetime(copy pass)
    init(_ pass: Pass) {
        self.pass = pass
    }

    func forward(_ observations: Span<UInt8>) {
        let network = pass.network
        let parts = Partition(length: pass.count, partSize: network.observationsAtOnce)
        pass.pool.forEach(parts.count) { part, worker in
            let slot = worker * network.imagesAtOnce
            pass.readInputs(observations, parts[part], slot: slot)
            for (number, layer) in network.convolutions.enumerated() {
                pass.convolve(number, samples: parts[part], slot: slot, worker: worker)
                pass.normalize(layer.normalization, samples: parts[part], slot: slot)
            }
        }
    }

    /// The backward pass from the last convolution's output, slice by slice, each summing its samples'
    /// gradients.
    func backward(into sink: GradientSink) {
        packWeights()
        let slices = Partition(length: pass.count, partSize: Self.sliceSize)
        pass.pool.forEach(slices.count) { slice, worker in
            for number in pass.network.convolutions.indices.reversed() {
                backward(
                    throughNormalizationOf: pass.network.convolutions[number],
                    slice: slice,
                    samples: slices[slice]
                )
                backward(number, slice: slice, samples: slices[slice], worker: worker)
            }
        }
        sumSlices(slices.count, into: sink)
    }

    /// Lays the weights out for the gradients of the inputs, once for the whole batch.
    private func packWeights() {
        let (layers, memory) = (pass.network.convolutions, pass.memory)
        // Nothing learns from the gradient of the observation itself.
        pass.pool.forEach(layers.count - 1) { index, worker in
            let layer = layers[index + 1]
            var packed = memory.packed.part(pass.layout.transposedWeights(index + 1))
            var scratch = memory.scratch(layer.convolution.scratchCount, worker: worker)
            layer.convolution.prepareInputGradients(
                weights: pass.parameters.extracting(layer.parameters.weights),
                into: &packed.floats,
                scratch: &scratch.floats
            )
        }
    }

    /// A slice's backward pass through what follows one convolution before the next.
    private func backward(throughNormalizationOf layer: Conv2D, slice: Int, samples: Range<Int>) {
        guard let normalization = layer.normalization else { return }
        pass.backward(through: normalization, samples: samples)
        let (sums, parameters) = (
            slice * pass.network.convolutionParameterCount, normalization.parameters
        )
        var scales = pass.memory.sliceGradients.part(parameters.weights.shifted(by: sums))
        pass.scaleGradient(of: normalization, samples: samples, into: &scales.floats)
        var shifts = pass.memory.sliceGradients.part(parameters.biases.shifted(by: sums))
        pass.shiftGradient(of: normalization, samples: samples, into: &shifts.floats)
    }

    /// A slice's backward pass through one convolution.
    private func backward(_ number: Int, slice: Int, samples: Range<Int>, worker: Int) {
        let (layer, memory, layout) = (pass.network.convolutions[number], pass.memory, pass.layout)
        let input = layout.range(level: layer.inputLevel, samples: samples, slot: 0)
        let output = layout.range(level: layer.outputLevel, samples: samples, slot: 0)
        pass.backward(through: layer.activation, output)
        let sums = slice * pass.network.convolutionParameterCount
        var weightGradient = memory.sliceGradients.part(layer.parameters.weights.shifted(by: sums))
        var biasGradient = memory.sliceGradients.part(layer.parameters.biases.shifted(by: sums))
        var scratch = memory.scratch(layer.convolution.scratchCount, worker: worker)
        layer.convolution.parameterGradients(
            inputs: memory.activations.span(input),
            outputGradients: memory.gradients.span(output),
            count: samples.count,
            weightGradient: &weightGradient.floats,
            biasGradient: &biasGradient.floats,
            scratch: &scratch.floats
        )
        guard number > 0 else { return }
        var inputGradients = memory.gradients.part(input)
        layer.convolution.inputGradients(
            outputGradients: memory.gradients.span(output),
            count: samples.count,
            weights: pass.parameters.extracting(layer.parameters.weights),
            prepared: memory.packed.span(layout.transposedWeights(number)),
            into: &inputGradients.floats,
            scratch: &scratch.floats
        )
    }

    /// Adds up the convolutions' gradients of all slices, always in the same order.
    private func sumSlices(_ sliceCount: Int, into sink: GradientSink) {
        let (gradients, length) = (
            pass.memory.sliceGradients, pass.network.convolutionParameterCount
        )
        let parts = Partition(length: length, partSize: Self.sumPartSize)
        pass.pool.forEach(parts.count) { part, worker in
            let range = parts[part]
            sink.take(range, worker: worker) { sum, _ in
                sum.copy(from: gradients.span(range))
                for slice in 1..<max(sliceCount, 1) {
                    add(gradients.span(range.shifted(by: slice * length)), to: &sum)
                }
            }
        }
    }
}

extension Sequential {
    /// Observations that one core takes through the convolutions at a time.
    var imagesAtOnce: Int { convolutions.map(\.convolution.imagesAtOnce).max() ?? 1 }

    /// Observations that one core turns into floats, and takes through the convolutions, at a time:
    /// where there is none of these, so many that they are worth another core's while.
    fileprivate var observationsAtOnce: Int {
        convolutions.isEmpty
            ? max(1, ImagePlan.floatsReadAtOnce / architecture.input.count) : imagesAtOnce
    }
}

extension Range<Int> {
    fileprivate func shifted(by distance: Int) -> Range<Int> {
        (lowerBound + distance)..<(upperBound + distance)
    }
}
