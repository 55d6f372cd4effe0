import Tensors

extension Layers {
    /// A convolution's passes over a batch, image by image.
    func passes(of convolution: Convolution) -> [(name: String, measurement: Measurement)] {
        let shape = convolution.shape
        let (inputs, outputs) = (shape.inputCount, shape.positionCount * shape.outputChannels)
        let input = numbers(batch * inputs, seed: 1)
        let output = numbers(batch * outputs, seed: 2)
        let weights = numbers(shape.patchLength * shape.outputChannels, seed: 3)
        let bias = numbers(shape.outputChannels, seed: 4)
        let weightGradient = FloatBuffer(count: weights.count)
        let biasGradient = FloatBuffer(count: bias.count)
        let inputGradient = FloatBuffer(count: inputs)
        let scratch = FloatBuffer(count: convolution.scratchCount)
        let prepared = FloatBuffer(count: convolution.preparedCount)
        let kernels = FloatBuffer(count: convolution.forwardPreparedCount)
        let whole = 0..<scratch.count

        let forward = measure { image in
            unsafe scratch.withUnsafeMutableSpan(whole) { scratch in
                unsafe output.withUnsafeMutableSpan(part(image, outputs)) { target in
                    convolution.forward(
                        input.span(part(image, inputs)),
                        weights: weights.span,
                        prepared: kernels.span,
                        bias: bias.span,
                        rectifies: true,
                        into: &target,
                        scratch: &scratch
                    )
                }
            }
        }
        let gradient = measure { image in
            unsafe scratch.withUnsafeMutableSpan(whole) { scratch in
                unsafe weightGradient.withUnsafeMutableSpan(0..<weights.count) { weights in
                    unsafe biasGradient.withUnsafeMutableSpan(0..<bias.count) { bias in
                        convolution.parameterGradients(
                            input: input.span(part(image, inputs)),
                            outputGradient: output.span(part(image, outputs)),
                            adding: image > 0,
                            weightGradient: &weights,
                            biasGradient: &bias,
                            scratch: &scratch
                        )
                    }
                }
            }
        }
        let back = measure { image in
            unsafe scratch.withUnsafeMutableSpan(whole) { scratch in
                unsafe inputGradient.withUnsafeMutableSpan(0..<inputs) { target in
                    convolution.inputGradient(
                        outputGradient: output.span(part(image, outputs)),
                        weights: weights.span,
                        prepared: prepared.span,
                        into: &target,
                        scratch: &scratch
                    )
                }
            }
        }
        return [("forward", forward), ("weight gradient", gradient), ("input gradient", back)]
    }

    private func part(_ image: Int, _ length: Int) -> Range<Int> {
        (image * length)..<((image + 1) * length)
    }

    private func measure(_ pass: (_ image: Int) -> Void) -> Measurement {
        Measurement(seconds: machine.seconds) {
            for image in 0..<batch { pass(image) }
        }
    }
}
