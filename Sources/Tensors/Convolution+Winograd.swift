internal import CKernels

/// Convolutions of several images by minimal filtering, with about half the multiplications, of floats
/// or of numbers that are rounded to bfloat16 once they are transformed.
///
/// See "winograd.h" for the algorithm and its source. A function in C of the one kind takes what that
/// of the other does.
extension Convolution {
    /// Whether the convolution is computed so.
    var isFiltered: Bool { kernels == .avx512Winograd || isRounded }

    private var isRounded: Bool { kernels == .avx512BF16 }

    /// Floats that hold the weights transformed, as `convolveFiltered` reads them and, transposed,
    /// `filteredInputGradients`.
    var transformedWeightCount: Int { dqn_winograd_weights(sizes, isRounded) }

    /// Images that are multiplied at a time.
    var filteredImages: Int { Int(dqn_winograd_images) }

    /// Room for what is multiplied at a time.
    var filteringScratchCount: Int { dqn_winograd_scratch(sizes, isRounded) }

    func transformWeights(_ weights: Span<Float>, into transformed: inout MutableSpan<Float>) {
        let compute =
            unsafe isRounded
            ? dqn_winograd_transform_weights_avx512_bf16 : dqn_winograd_transform_weights_avx512
        // Both counts were checked by the caller.
        unsafe compute(sizes, weights.address, transformed.address)
    }

    func transposeTransformedWeights(
        _ weights: Span<Float>,
        into transposed: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        let compute =
            unsafe isRounded
            ? dqn_winograd_transpose_weights_avx512_bf16 : dqn_winograd_transpose_weights_avx512
        // All counts were checked by the caller.
        unsafe compute(sizes, weights.address, transposed.address, scratch.address)
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
        let compute =
            unsafe isRounded ? dqn_winograd_convolve_avx512_bf16 : dqn_winograd_convolve_avx512
        // All counts were checked by the caller.
        unsafe compute(
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
        let compute =
            unsafe isRounded
            ? dqn_winograd_weight_gradient_avx512_bf16 : dqn_winograd_weight_gradient_avx512
        // All counts were checked by the caller.
        unsafe compute(
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
        let compute =
            unsafe isRounded
            ? dqn_winograd_input_gradient_avx512_bf16 : dqn_winograd_input_gradient_avx512
        // All counts were checked by the caller.
        unsafe compute(
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
