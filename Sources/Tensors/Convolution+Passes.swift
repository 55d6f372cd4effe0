/// The passes over images, whose weights were laid out before.
extension Convolution {
    /// Convolves images.
    ///
    /// - Parameters:
    ///   - inputs: shape (count, inputHeight, inputWidth, inputChannels).
    ///   - count: How many images.
    ///   - weights: The kernels.
    ///   - prepared: The same as `prepareForward` laid them out.
    ///   - bias: shape (outputChannels).
    ///   - rectifies: Whether max(0, ·) follows.
    ///   - rows: Which rows of the output; all, unless there is one image and the convolution
    ///     `splitsRows`.
    ///   - outputs: shape (count, rows, outputWidth, outputChannels); overwritten.
    ///   - scratch: `scratchCount` floats of any content.
    public func forward(
        _ inputs: Span<Float>,
        count: Int,
        weights: Span<Float>,
        prepared: Span<Float>,
        bias: Span<Float>,
        rectifies: Bool,
        rows: Range<Int>? = nil,
        into outputs: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        let rows = rows ?? 0..<shape.outputHeight
        precondition(rows.lowerBound >= 0 && rows.upperBound <= shape.outputHeight)
        precondition((splitsRows && count == 1) || rows.count == shape.outputHeight)
        precondition(inputs.count == count * shape.inputCount)
        precondition(weights.count == shape.weightCount && bias.count == shape.outputChannels)
        precondition(prepared.count == forwardPreparedCount && scratch.count == scratchCount)
        let outputCount = rows.count * shape.outputWidth * shape.outputChannels
        precondition(outputs.count == count * outputCount)
        if isFiltered {
            convolveFiltered(
                inputs,
                count: count,
                prepared,
                bias,
                rectifies: rectifies,
                into: &outputs,
                scratch: &scratch
            )
            return
        }
        for image in 0..<count {
            let input = inputs.extracting(part(image, shape.inputCount))
            outputs.withPart(part(image, outputCount)) { output in
                forwardOne(
                    input,
                    weights: weights,
                    bias: bias,
                    rectifies: rectifies,
                    rows: rows,
                    into: &output,
                    scratch: &scratch
                )
            }
        }
    }

    private func forwardOne(
        _ input: Span<Float>,
        weights: Span<Float>,
        bias: Span<Float>,
        rectifies: Bool,
        rows: Range<Int>,
        into output: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        if kernels.convolution == .patches {
            multiplyPatches(of: input, weights, into: &output, scratch: &scratch)
            addToRows(bias, of: &output)
            if rectifies {
                rectify(&output)
            }
        } else {
            convolveDirectly(
                input,
                weights,
                bias,
                rectifies: rectifies,
                rows: rows,
                into: &output,
                scratch: &scratch
            )
        }
    }

    /// The images' part of the gradients of weights and bias.
    ///
    /// - Parameters:
    ///   - inputs: As they went into `forward`.
    ///   - outputGradients: ∂loss/∂outputs before any activation, of the outputs' shape.
    ///   - count: How many images.
    ///   - weightGradient: shape of the weights; overwritten.
    ///   - biasGradient: shape (outputChannels); overwritten.
    ///   - scratch: `scratchCount` floats of any content.
    public func parameterGradients(
        inputs: Span<Float>,
        outputGradients: Span<Float>,
        count: Int,
        weightGradient: inout MutableSpan<Float>,
        biasGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        precondition(count > 0 && inputs.count == count * shape.inputCount)
        precondition(outputGradients.count == count * shape.outputCount)
        precondition(weightGradient.count == shape.weightCount)
        precondition(biasGradient.count == shape.outputChannels)
        precondition(scratch.count == scratchCount)
        biasGradient.fill(0)
        addRows(of: outputGradients, to: &biasGradient)
        if isFiltered {
            filteredWeightGradient(
                inputs,
                outputGradients,
                count: count,
                into: &weightGradient,
                scratch: &scratch
            )
            return
        }
        for image in 0..<count {
            let input = inputs.extracting(part(image, shape.inputCount))
            let outputGradient = outputGradients.extracting(part(image, shape.outputCount))
            if kernels.convolution == .patches {
                multiplyByPatches(
                    of: input,
                    outputGradient,
                    adding: image > 0,
                    into: &weightGradient,
                    scratch: &scratch
                )
            } else {
                directWeightGradient(
                    input,
                    outputGradient,
                    adding: image > 0,
                    into: &weightGradient,
                    scratch: &scratch
                )
            }
        }
    }

    /// The gradients that reach the images.
    ///
    /// - Parameters:
    ///   - outputGradients: ∂loss/∂outputs before any activation, of the outputs' shape.
    ///   - count: How many images.
    ///   - weights: The kernels.
    ///   - prepared: The weights as `prepareInputGradients` laid them out.
    ///   - inputGradients: ∂loss/∂inputs, of the inputs' shape; overwritten.
    ///   - scratch: `scratchCount` floats of any content.
    public func inputGradients(
        outputGradients: Span<Float>,
        count: Int,
        weights: Span<Float>,
        prepared: Span<Float>,
        into inputGradients: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        precondition(outputGradients.count == count * shape.outputCount)
        precondition(weights.count == shape.weightCount && prepared.count == preparedCount)
        precondition(inputGradients.count == count * shape.inputCount)
        precondition(scratch.count == scratchCount)
        if isFiltered {
            filteredInputGradients(
                outputGradients,
                count: count,
                prepared,
                into: &inputGradients,
                scratch: &scratch
            )
            return
        }
        for image in 0..<count {
            let gradient = outputGradients.extracting(part(image, shape.outputCount))
            inputGradients.withPart(part(image, shape.inputCount)) { target in
                if kernels.convolution == .patches {
                    scatterProduct(of: gradient, weights, into: &target, scratch: &scratch)
                } else {
                    directInputGradient(gradient, prepared, into: &target, scratch: &scratch)
                }
            }
        }
    }

    /// One of images' numbers.
    private func part(_ image: Int, _ length: Int) -> Range<Int> {
        (image * length)..<((image + 1) * length)
    }
}
