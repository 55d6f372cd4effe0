/// Convolutions as matrix products of patches: a row a place, what the kernel sees there.
extension Convolution {
    /// Numbers of all patches of an image.
    var patchCount: Int { shape.positionCount * shape.patchLength }

    func multiplyPatches(
        of input: Span<Float>,
        _ weights: Span<Float>,
        into output: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        gatherPatches(of: input, shape: shape, into: &scratch)
        multiply(patches(scratch.span), matrix(weights), into: &output)
    }

    func multiplyByPatches(
        of input: Span<Float>,
        _ outputGradient: Span<Float>,
        adding adds: Bool,
        into weightGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        gatherPatches(of: input, shape: shape, into: &scratch)
        multiply(
            patches(scratch.span).transposed,
            places(outputGradient),
            into: &weightGradient,
            retaining: adds ? 1 : 0
        )
    }

    func scatterProduct(
        of outputGradient: Span<Float>,
        _ weights: Span<Float>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        multiply(places(outputGradient), matrix(weights).transposed, into: &scratch)
        scatterPatches(scratch.span, shape: shape, into: &inputGradient)
    }

    @_lifetime(copy patches)
    private func patches(_ patches: Span<Float>) -> Matrix {
        Matrix(patches, rows: shape.positionCount, columns: shape.patchLength)
    }

    /// The weights as a matrix (patchLength, outputChannels): a column a kernel.
    @_lifetime(copy weights)
    private func matrix(_ weights: Span<Float>) -> Matrix {
        Matrix(weights, rows: shape.patchLength, columns: shape.outputChannels)
    }

    /// An image as a matrix (places, outputChannels).
    @_lifetime(copy image)
    private func places(_ image: Span<Float>) -> Matrix {
        Matrix(image, rows: shape.positionCount, columns: shape.outputChannels)
    }
}
