internal import CKernels

/// The same convolutions of numbers rounded to bfloat16.
///
/// What the rounded numbers need lies at the end of the scratch, behind the padded image.
extension Convolution {
    /// Room for a rounded image and its gradient.
    var roundingScratchCount: Int { dqn_convolution_scratch_bf16(sizes) }

    /// Floats that hold the weights as `convolveRounded` reads them.
    var roundedKernelCount: Int { dqn_convolution_kernels_bf16(sizes) }

    /// Floats that hold the weights as `roundedInputGradient` reads them.
    var pairedWeightCount: Int { dqn_convolution_prepared_bf16(sizes) }

    func roundKernels(_ weights: Span<Float>, into rounded: inout MutableSpan<Float>) {
        // Both counts were checked by the caller.
        unsafe dqn_pair_convolution_kernels_bf16(sizes, weights.address, rounded.address)
    }

    func convolveRounded(
        _ input: Span<Float>,
        _ kernels: Span<Float>,
        _ bias: Span<Float>,
        rectifies: Bool,
        rows: Range<Int>,
        into output: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        withScratch(&scratch) { padding, rounding in
            let image = padded(input, &padding)
            // All counts were checked by the caller.
            unsafe dqn_convolve_avx512_bf16(
                sizes,
                image.address,
                kernels.address,
                bias.address,
                rectifies,
                rows.lowerBound,
                rows.upperBound,
                output.address,
                rounding.address
            )
        }
    }

    func roundedWeightGradient(
        _ input: Span<Float>,
        _ outputGradient: Span<Float>,
        adding adds: Bool,
        into weightGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        withScratch(&scratch) { padding, rounding in
            let image = padded(input, &padding)
            // All counts were checked by the caller.
            unsafe dqn_convolution_weight_gradient_avx512_bf16(
                sizes,
                image.address,
                outputGradient.address,
                adds,
                weightGradient.address,
                rounding.address
            )
        }
    }

    func pairWeights(
        _ weights: Span<Float>,
        into prepared: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        unsafe dqn_pair_convolution_weights_bf16(
            sizes,
            weights.address,
            prepared.address,
            scratch.address
        )
    }

    func roundedInputGradient(
        _ outputGradient: Span<Float>,
        _ prepared: Span<Float>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        withScratch(&scratch) { padding, rounding in
            // All counts were checked by the caller.
            unsafe dqn_convolution_input_gradient_avx512_bf16(
                sizes,
                outputGradient.address,
                prepared.address,
                shape.padding > 0 ? padding.address : inputGradient.address,
                rounding.address
            )
            if shape.padding > 0 {
                copyInside(of: padding.span, into: &inputGradient)
            }
        }
    }

    /// Parts the scratch between a padded image and rounded numbers.
    private func withScratch(
        _ scratch: inout MutableSpan<Float>,
        _ body: (_ padding: inout MutableSpan<Float>, _ rounding: inout MutableSpan<Float>) -> Void
    ) {
        // The parts do not overlap.
        unsafe scratch.withUnsafeMutableBufferPointer { floats in
            let (front, back) = unsafe (
                floats.prefix(paddingScratchCount), floats.dropFirst(paddingScratchCount)
            )
            var padding = unsafe MutableSpan(
                _unsafeElements: UnsafeMutableBufferPointer(rebasing: front)
            )
            var rounding = unsafe MutableSpan(
                _unsafeElements: UnsafeMutableBufferPointer(rebasing: back)
            )
            body(&padding, &rounding)
        }
    }
}
