/// One image convolved with all kernels: output = input ∗ weights + bias.
///
/// A cross-correlation, as every deep-learning library means by "convolution".
///
/// - Parameters:
///   - input: shape (inputHeight, inputWidth, inputChannels).
///   - weights: shape (kernelSize, kernelSize, inputChannels, outputChannels).
///   - bias: shape (outputChannels).
///   - shape: The sizes of the convolution.
///   - output: shape (outputHeight, outputWidth, outputChannels); overwritten.
///   - scratch: `shape.scratchCount` floats of any content.
public func convolve(
    _ input: Span<Float>,
    weights: Span<Float>,
    bias: Span<Float>,
    shape: ConvolutionShape,
    into output: inout MutableSpan<Float>,
    scratch: inout MutableSpan<Float>
) {
    gatherPatches(of: input, shape: shape, into: &scratch)
    let patches = Matrix(scratch.span, rows: shape.positionCount, columns: shape.patchLength)
    multiply(patches, kernels(weights, shape), into: &output)
    addToRows(bias, of: &output)
}

/// Adds one image's part to the gradients of a convolution's weights and bias.
///
/// - Parameters:
///   - input: shape (inputHeight, inputWidth, inputChannels), as it went into `convolve`.
///   - outputGradient: ∂loss/∂output, shape (outputHeight, outputWidth, outputChannels).
///   - shape: The sizes of the convolution.
///   - weightGradient: shape of the weights; added to.
///   - biasGradient: shape (outputChannels); added to.
///   - scratch: `shape.scratchCount` floats of any content.
public func addConvolutionParameterGradients(
    input: Span<Float>,
    outputGradient: Span<Float>,
    shape: ConvolutionShape,
    weightGradient: inout MutableSpan<Float>,
    biasGradient: inout MutableSpan<Float>,
    scratch: inout MutableSpan<Float>
) {
    gatherPatches(of: input, shape: shape, into: &scratch)
    let patches = Matrix(scratch.span, rows: shape.positionCount, columns: shape.patchLength)
    let gradient = Matrix(
        outputGradient,
        rows: shape.positionCount,
        columns: shape.outputChannels
    )
    multiply(patches.transposed, gradient, into: &weightGradient, retaining: 1)
    addRows(of: outputGradient, to: &biasGradient)
}

/// The gradient that reaches one image through a convolution.
///
/// - Parameters:
///   - outputGradient: ∂loss/∂output, shape (outputHeight, outputWidth, outputChannels).
///   - weights: shape (kernelSize, kernelSize, inputChannels, outputChannels).
///   - shape: The sizes of the convolution.
///   - inputGradient: ∂loss/∂input, shape (inputHeight, inputWidth, inputChannels); overwritten.
///   - scratch: `shape.scratchCount` floats of any content.
public func convolutionInputGradient(
    outputGradient: Span<Float>,
    weights: Span<Float>,
    shape: ConvolutionShape,
    into inputGradient: inout MutableSpan<Float>,
    scratch: inout MutableSpan<Float>
) {
    let gradient = Matrix(
        outputGradient,
        rows: shape.positionCount,
        columns: shape.outputChannels
    )
    multiply(gradient, kernels(weights, shape).transposed, into: &scratch)
    scatterPatches(scratch.span, shape: shape, into: &inputGradient)
}

/// The weights as a matrix (patchLength, outputChannels): a column a kernel.
@_lifetime(copy weights)
private func kernels(_ weights: Span<Float>, _ shape: ConvolutionShape) -> Matrix {
    Matrix(weights, rows: shape.patchLength, columns: shape.outputChannels)
}
