internal import Tensors

/// A convolution over one channels-last image, with its activation.
///
/// Stateless: parameters, activations and gradients are passed in.
struct Conv2D: Equatable, Sendable {
    let convolution: Convolution
    let activation: Activation
    let parameters: LayerParameters

    var shape: ConvolutionShape { convolution.shape }

    /// - Parameters:
    ///   - input: shape (inputHeight, inputWidth, inputChannels).
    ///   - block: All parameters of the network.
    ///   - prepared: The weights as the convolution's `prepareForward` laid them out.
    ///   - rows: Which rows of the output; nil for all.
    ///   - output: shape (rows, outputWidth, filters); overwritten.
    ///   - scratch: `convolution.scratchCount` floats.
    func forward(
        _ input: Span<Float>,
        parameters block: borrowing FloatBuffer,
        prepared: Span<Float>,
        rows: Range<Int>?,
        into output: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        convolution.forward(
            input,
            weights: block.span(parameters.weights),
            prepared: prepared,
            bias: block.span(parameters.biases),
            rectifies: activation == .relu,
            rows: rows,
            into: &output,
            scratch: &scratch
        )
    }

    /// Turns the gradient after the activation into the one before it, in place.
    func activationBackward(_ gradient: inout MutableSpan<Float>, output: Span<Float>) {
        if activation == .relu {
            maskGradient(&gradient, whereZero: output)
        }
    }
}
