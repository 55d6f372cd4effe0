internal import Tensors

/// A convolution over channels-last images, with its activation.
///
/// Stateless: parameters, activations and gradients are passed in.
struct Conv2D: Equatable, Sendable {
    let convolution: Convolution
    let activation: Activation
    let parameters: LayerParameters
    /// Which level of the network it reads; see `Sequential.levelWidths`.
    let inputLevel: Int
    /// Which level it writes.
    let outputLevel: Int
    /// What follows it before any other layer.
    var normalization: LayerNorm?

    /// The level that the next layer reads.
    var lastLevel: Int { normalization?.outputLevel ?? outputLevel }
    /// The end of its parameters and those of its normalization.
    var parameterEnd: Int { (normalization?.parameters ?? parameters).all.upperBound }
    var shape: ConvolutionShape { convolution.shape }
}
