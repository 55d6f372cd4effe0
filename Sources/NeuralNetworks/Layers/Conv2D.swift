internal import Tensors

/// A convolution over channels-last images, with its activation.
///
/// Stateless: parameters, activations and gradients are passed in.
struct Conv2D: Equatable, Sendable {
    let convolution: Convolution
    let activation: Activation
    let parameters: LayerParameters

    var shape: ConvolutionShape { convolution.shape }

    /// - Parameters:
    ///   - inputs: shape (count, inputHeight, inputWidth, inputChannels).
    ///   - count: How many images.
    ///   - block: All parameters of the network.
    ///   - prepared: The weights as the convolution's `prepareForward` laid them out.
    ///   - rows: Which rows of the outputs; nil for all.
    ///   - outputs: shape (count, rows, outputWidth, filters); overwritten.
    ///   - scratch: `convolution.scratchCount` floats.
    func forward(
        _ inputs: Span<Float>,
        count: Int,
        parameters block: borrowing FloatBuffer,
        prepared: Span<Float>,
        rows: Range<Int>?,
        into outputs: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        convolution.forward(
            inputs,
            count: count,
            weights: block.span(parameters.weights),
            prepared: prepared,
            bias: block.span(parameters.biases),
            rectifies: activation == .relu,
            rows: rows,
            into: &outputs,
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
