internal import Tensors

/// A convolution over one channels-last image, with its activation.
///
/// Stateless: parameters, activations and gradients are passed in.
struct Conv2D: Equatable, Sendable {
    let shape: ConvolutionShape
    let activation: Activation
    let parameters: LayerParameters

    /// - Parameters:
    ///   - input: shape (inputHeight, inputWidth, inputChannels).
    ///   - block: All parameters of the network.
    ///   - output: shape (outputHeight, outputWidth, filters); overwritten.
    ///   - scratch: `shape.scratchCount` floats.
    func forward(
        _ input: Span<Float>,
        parameters block: borrowing FloatBuffer,
        into output: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        convolve(
            input,
            weights: block.span(parameters.weights),
            bias: block.span(parameters.biases),
            shape: shape,
            into: &output,
            scratch: &scratch
        )
        if activation == .relu {
            rectify(&output)
        }
    }

    /// Turns the gradient after the activation into the one before it, in place.
    func activationBackward(_ gradient: inout MutableSpan<Float>, output: Span<Float>) {
        if activation == .relu {
            maskGradient(&gradient, whereZero: output)
        }
    }
}
