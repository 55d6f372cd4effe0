internal import CKernels

/// Convolutions of several images by minimal filtering, with about half the multiplications, of floats
/// or of numbers that are rounded to bfloat16 once they are transformed.
///
/// See "winograd.h" for the algorithm and its source.
extension Convolution {
    /// Whether the convolution is computed so.
    var isFiltered: Bool { kernels.convolution == .filtered }

    @unsafe
    private var functions: dqn_winograd_kernels { unsafe kernels.table.pointee.winograd }

    /// Floats that hold the weights transformed, as `convolveFiltered` reads them and, transposed,
    /// `filteredInputGradients`.
    var transformedWeightCount: Int { dqn_winograd_weights(sizes, kernels.isRounded) }

    /// Images that are multiplied at a time.
    var filteredImages: Int { Int(dqn_winograd_images) }

    /// Room for what is multiplied at a time.
    var filteringScratchCount: Int { dqn_winograd_scratch(sizes) }

    func transformWeights(_ weights: Span<Float>, into transformed: inout MutableSpan<Float>) {
        // Both counts were checked by the caller.
        unsafe functions.transform_weights(sizes, weights.address, transformed.address)
    }

    func transposeTransformedWeights(
        _ weights: Span<Float>,
        into transposed: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe functions.transpose_weights(
            sizes,
            weights.address,
            transposed.address,
            scratch.address
        )
    }

    func convolveFiltered(
        _ inputs: Span<Float>,
        count: Int,
        _ transformedWeights: Span<Float>,
        _ bias: Span<Float>,
        rectifies: Bool,
        into outputs: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe functions.forward(
            sizes,
            count,
            inputs.address,
            transformedWeights.address,
            bias.address,
            rectifies,
            outputs.address,
            scratch.address
        )
    }

    func filteredWeightGradient(
        _ inputs: Span<Float>,
        _ outputGradients: Span<Float>,
        count: Int,
        into weightGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe functions.weight_gradient(
            sizes,
            count,
            inputs.address,
            outputGradients.address,
            weightGradient.address,
            scratch.address
        )
    }

    func filteredInputGradients(
        _ outputGradients: Span<Float>,
        count: Int,
        _ transposedWeights: Span<Float>,
        into inputGradients: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe functions.input_gradient(
            sizes,
            count,
            outputGradients.address,
            transposedWeights.address,
            inputGradients.address,
            scratch.address
        )
    }
}

extension ConvolutionShape {
    /// Whether minimal filtering computes such a convolution.
    var fitsFiltering: Bool { padding == 0 && dqn_winograd_fits(sizes) }
}
