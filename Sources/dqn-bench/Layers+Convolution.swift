import Tensors

extension Layers {
    /// A convolution's passes over a batch, some images at a time.
    func passes(of convolution: Convolution) -> [(name: String, measurement: Measurement)] {
        let shape = convolution.shape
        let (inputs, outputs) = (shape.inputCount, shape.positionCount * shape.outputChannels)
        let input = numbers(batch * inputs, seed: 1)
        var output = numbers(batch * outputs, seed: 2)
        let weights = numbers(shape.patchLength * shape.outputChannels, seed: 3)
        let bias = numbers(shape.outputChannels, seed: 4)
        var weightGradient = FloatBuffer(count: weights.count)
        var biasGradient = FloatBuffer(count: bias.count)
        var inputGradients = FloatBuffer(count: batch * inputs)
        var scratch = FloatBuffer(count: convolution.scratchCount)
        let prepared = FloatBuffer(count: convolution.preparedCount)
        let kernels = FloatBuffer(count: convolution.forwardPreparedCount)

        let forward = measure(convolution) { images in
            let parts = output.disjointParts
            var target = parts.part(part(images, outputs))
            var scratch = scratch.mutableSpan
            convolution.forward(
                input.span(part(images, inputs)),
                count: images.count,
                weights: weights.span,
                prepared: kernels.span,
                bias: bias.span,
                rectifies: true,
                into: &target.floats,
                scratch: &scratch
            )
        }
        let gradient = measure(convolution) { images in
            var weights = weightGradient.mutableSpan
            var bias = biasGradient.mutableSpan
            var scratch = scratch.mutableSpan
            convolution.parameterGradients(
                inputs: input.span(part(images, inputs)),
                outputGradients: output.span(part(images, outputs)),
                count: images.count,
                weightGradient: &weights,
                biasGradient: &bias,
                scratch: &scratch
            )
        }
        let back = measure(convolution) { images in
            let parts = inputGradients.disjointParts
            var target = parts.part(part(images, inputs))
            var scratch = scratch.mutableSpan
            convolution.inputGradients(
                outputGradients: output.span(part(images, outputs)),
                count: images.count,
                weights: weights.span,
                prepared: prepared.span,
                into: &target.floats,
                scratch: &scratch
            )
        }
        return [("forward", forward), ("weight gradient", gradient), ("input gradient", back)]
    }

    private func part(_ images: Range<Int>, _ length: Int) -> Range<Int> {
        (images.lowerBound * length)..<(images.upperBound * length)
    }

    private func measure(
        _ convolution: Convolution,
        _ pass: (_ images: Range<Int>) -> Void
    ) -> Measurement {
        Measurement(seconds: machine.seconds) {
            for first in stride(from: 0, to: batch, by: convolution.imagesAtOnce) {
                pass(first..<min(first + convolution.imagesAtOnce, batch))
            }
        }
    }
}
