internal import Tensors

/// A convolution over channels-last images, with its activation.
///
/// Stateless: parameters, activations and gradients are passed in.
struct Conv2D: Equatable, Sendable {
    let convolution: Convolution
    let activation: Activation
    let parameters: LayerParameters

    var shape: ConvolutionShape { convolution.shape }
}
