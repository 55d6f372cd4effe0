/// A two-dimensional convolution over single channels-last images, forward and backward.
///
/// A cross-correlation, as every deep-learning library means by "convolution": output = input ∗
/// weights + bias. Images have the shape (height, width, channels), weights (kernelSize, kernelSize,
/// inputChannels, outputChannels).
public struct Convolution: Hashable, Sendable {
    /// The sizes.
    public let shape: ConvolutionShape
    /// What it is computed with.
    public let kernels: Kernels

    /// Creates the convolution; `kernels` must be available.
    public init(_ shape: ConvolutionShape, kernels: Kernels = .fastest) {
        precondition(kernels.isAvailable, "this CPU has not what \(kernels) needs")
        self.shape = shape
        self.kernels = kernels
    }

    /// Floats that each call needs beside its arguments.
    public var scratchCount: Int {
        switch kernels {
        case .openBLAS: patchCount
        case .avx512: paddingScratchCount
        case .avx512BF16: paddingScratchCount + roundingScratchCount
        }
    }

    /// Whether some rows of an output can be computed apart from the others, with the same bits.
    public var splitsRows: Bool { kernels != .openBLAS }

    /// Floats that `prepareForward` fills, once for many images with the same weights.
    public var forwardPreparedCount: Int { kernels == .avx512BF16 ? roundedKernelCount : 0 }

    /// Lays the weights out as `forward` reads them.
    ///
    /// - Parameters:
    ///   - weights: The kernels.
    ///   - prepared: `forwardPreparedCount` floats; overwritten.
    public func prepareForward(weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
        precondition(weights.count == shape.weightCount && prepared.count == forwardPreparedCount)
        switch kernels {
        case .openBLAS, .avx512: break
        case .avx512BF16: roundKernels(weights, into: &prepared)
        }
    }

    /// Convolves one image.
    ///
    /// - Parameters:
    ///   - input: shape (inputHeight, inputWidth, inputChannels).
    ///   - weights: The kernels.
    ///   - prepared: The same as `prepareForward` laid them out.
    ///   - bias: shape (outputChannels).
    ///   - rectifies: Whether max(0, ·) follows.
    ///   - rows: Which rows of the output; all, unless the convolution `splitsRows`.
    ///   - output: shape (rows, outputWidth, outputChannels); overwritten.
    ///   - scratch: `scratchCount` floats of any content.
    public func forward(
        _ input: Span<Float>,
        weights: Span<Float>,
        prepared: Span<Float>,
        bias: Span<Float>,
        rectifies: Bool,
        rows: Range<Int>? = nil,
        into output: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        let rows = rows ?? 0..<shape.outputHeight
        precondition(rows.lowerBound >= 0 && rows.upperBound <= shape.outputHeight)
        precondition(splitsRows || rows.count == shape.outputHeight)
        precondition(input.count == shape.inputCount && weights.count == shape.weightCount)
        precondition(prepared.count == forwardPreparedCount && scratch.count == scratchCount)
        precondition(bias.count == shape.outputChannels)
        precondition(output.count == rows.count * shape.outputWidth * shape.outputChannels)
        switch kernels {
        case .openBLAS:
            multiplyPatches(of: input, weights, into: &output, scratch: &scratch)
            addToRows(bias, of: &output)
            if rectifies {
                rectify(&output)
            }
        case .avx512:
            convolveDirectly(
                input,
                weights,
                bias,
                rectifies: rectifies,
                rows: rows,
                into: &output,
                scratch: &scratch
            )
        case .avx512BF16:
            convolveRounded(
                input,
                prepared,
                bias,
                rectifies: rectifies,
                rows: rows,
                into: &output,
                scratch: &scratch
            )
        }
    }

    /// One image's part of the gradients of weights and bias.
    ///
    /// - Parameters:
    ///   - input: As it went into `forward`.
    ///   - outputGradient: ∂loss/∂output before any activation, of the output's shape.
    ///   - adds: Whether it is added to what is there, and does not take its place.
    ///   - weightGradient: shape of the weights.
    ///   - biasGradient: shape (outputChannels).
    ///   - scratch: `scratchCount` floats of any content.
    public func parameterGradients(
        input: Span<Float>,
        outputGradient: Span<Float>,
        adding adds: Bool,
        weightGradient: inout MutableSpan<Float>,
        biasGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        precondition(input.count == shape.inputCount && scratch.count == scratchCount)
        precondition(outputGradient.count == shape.outputCount)
        precondition(weightGradient.count == shape.weightCount)
        precondition(biasGradient.count == shape.outputChannels)
        switch kernels {
        case .openBLAS:
            multiplyByPatches(
                of: input,
                outputGradient,
                adding: adds,
                into: &weightGradient,
                scratch: &scratch
            )
        case .avx512:
            directWeightGradient(
                input,
                outputGradient,
                adding: adds,
                into: &weightGradient,
                scratch: &scratch
            )
        case .avx512BF16:
            roundedWeightGradient(
                input,
                outputGradient,
                adding: adds,
                into: &weightGradient,
                scratch: &scratch
            )
        }
        if !adds {
            biasGradient.fill(0)
        }
        addRows(of: outputGradient, to: &biasGradient)
    }

    /// Floats that `prepareInputGradient` fills, once for many images with the same weights.
    public var preparedCount: Int {
        switch kernels {
        case .openBLAS: 0
        case .avx512: shape.weightCount
        case .avx512BF16: pairedWeightCount
        }
    }

    /// Lays the weights out as `inputGradient` reads them.
    ///
    /// - Parameters:
    ///   - weights: The kernels.
    ///   - prepared: `preparedCount` floats; overwritten.
    ///   - scratch: `scratchCount` floats of any content.
    public func prepareInputGradient(
        weights: Span<Float>,
        into prepared: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        precondition(weights.count == shape.weightCount && prepared.count == preparedCount)
        precondition(scratch.count == scratchCount)
        switch kernels {
        case .openBLAS: break
        case .avx512: transposeWeights(weights, into: &prepared)
        case .avx512BF16: pairWeights(weights, into: &prepared, scratch: &scratch)
        }
    }

    /// The gradient that reaches one image.
    ///
    /// - Parameters:
    ///   - outputGradient: ∂loss/∂output before any activation, of the output's shape.
    ///   - weights: The kernels.
    ///   - prepared: The weights as `prepareInputGradient` laid them out.
    ///   - inputGradient: ∂loss/∂input, of the input's shape; overwritten.
    ///   - scratch: `scratchCount` floats of any content.
    public func inputGradient(
        outputGradient: Span<Float>,
        weights: Span<Float>,
        prepared: Span<Float>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        precondition(outputGradient.count == shape.outputCount && scratch.count == scratchCount)
        precondition(weights.count == shape.weightCount && prepared.count == preparedCount)
        precondition(inputGradient.count == shape.inputCount)
        switch kernels {
        case .openBLAS:
            scatterProduct(of: outputGradient, weights, into: &inputGradient, scratch: &scratch)
        case .avx512:
            directInputGradient(outputGradient, prepared, into: &inputGradient, scratch: &scratch)
        case .avx512BF16:
            roundedInputGradient(outputGradient, prepared, into: &inputGradient, scratch: &scratch)
        }
    }
}
