internal import CKernels

/// Convolutions straight from the image, by kernels of our own.
///
/// They know no padding: where there is any, the image is copied with its border of zeros first.
extension Convolution {
    /// Room for an input with the zeros around it, where there are any.
    var paddingScratchCount: Int {
        shape.padding == 0 ? 0 : paddedHeight * paddedWidth * shape.inputChannels
    }

    private var paddedHeight: Int { sizes.input_height }
    private var paddedWidth: Int { sizes.input_width }

    var sizes: dqn_convolution_sizes { shape.sizes }

    @unsafe
    private var functions: dqn_convolution_kernels { unsafe kernels.table.pointee.convolution }

    func convolveDirectly(
        _ input: Span<Float>,
        _ weights: Span<Float>,
        _ bias: Span<Float>,
        rectifies: Bool,
        rows: Range<Int>,
        into output: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        let image = padded(input, &scratch)
        // All counts were checked by the caller.
        unsafe functions.forward(
            sizes,
            image.address,
            weights.address,
            bias.address,
            rectifies,
            rows.lowerBound,
            rows.upperBound,
            output.address
        )
    }

    func directWeightGradient(
        _ input: Span<Float>,
        _ outputGradient: Span<Float>,
        adding adds: Bool,
        into weightGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        let image = padded(input, &scratch)
        // All counts were checked by the caller.
        unsafe functions.weight_gradient(
            sizes,
            image.address,
            outputGradient.address,
            adds,
            weightGradient.address
        )
    }

    func transposeWeights(_ weights: Span<Float>, into transposed: inout MutableSpan<Float>) {
        // Both counts were checked by the caller.
        unsafe dqn_transpose_convolution_weights(
            sizes,
            weights.address,
            transposed.address
        )
    }

    func directInputGradient(
        _ outputGradient: Span<Float>,
        _ transposedWeights: Span<Float>,
        into inputGradient: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        // All counts were checked by the caller.
        guard shape.padding > 0 else {
            unsafe functions.input_gradient(
                sizes,
                outputGradient.address,
                transposedWeights.address,
                inputGradient.address
            )
            return
        }
        unsafe functions.input_gradient(
            sizes,
            outputGradient.address,
            transposedWeights.address,
            scratch.address
        )
        copyInside(of: scratch.span, into: &inputGradient)
    }

    /// Takes the zeros, or the gradient that reached them, away from around an image.
    func copyInside(of padded: Span<Float>, into image: inout MutableSpan<Float>) {
        let rowLength = shape.inputWidth * shape.inputChannels
        for row in 0..<shape.inputHeight {
            let place = paddedPlace(ofRow: row)
            for column in 0..<rowLength {
                image[row * rowLength + column] = padded[place + column]
            }
        }
    }

    /// The image with zeros around it, in `scratch` where it needs any.
    @_lifetime(copy input, &scratch)
    func padded(_ input: Span<Float>, _ scratch: inout MutableSpan<Float>) -> Span<Float> {
        guard shape.padding > 0 else { return input }
        scratch.fill(0)
        let rowLength = shape.inputWidth * shape.inputChannels
        for row in 0..<shape.inputHeight {
            let place = paddedPlace(ofRow: row)
            for column in 0..<rowLength {
                scratch[place + column] = input[row * rowLength + column]
            }
        }
        return scratch.span
    }

    /// Where a row of the image begins in the padded one.
    private func paddedPlace(ofRow row: Int) -> Int {
        ((row + shape.padding) * paddedWidth + shape.padding) * shape.inputChannels
    }
}

extension ConvolutionShape {
    /// The sizes as our kernels know them.
    var sizes: dqn_convolution_sizes {
        dqn_convolution_sizes(
            input_height: inputHeight + 2 * padding,
            input_width: inputWidth + 2 * padding,
            input_channels: inputChannels,
            output_height: outputHeight,
            output_width: outputWidth,
            output_channels: outputChannels,
            kernel_size: kernelSize,
            stride: stride
        )
    }
}
