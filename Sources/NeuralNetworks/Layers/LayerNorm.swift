/// Frees what a layer gave out for one observation, or one row of it, of its mean and spread, then scales and shifts every
/// number of it, with an activation.
///
/// Over all numbers of the layer, as `torch.nn.LayerNorm` with the shape of an image does, not over the
/// channels of each pixel alone. x̂ takes the place of x, which nothing reads any more. Stateless, like
/// `Conv2D`.
struct LayerNorm: Equatable, Sendable {
    let activation: Activation
    /// Scales as weights, shifts as biases.
    let parameters: LayerParameters
    /// Where x lies, then x̂.
    let inputLevel: Int
    /// Where 1 / √(variance + ε) lies, one number a row.
    let spreadLevel: Int
    /// Which level it writes.
    let outputLevel: Int
    /// Its rows of one observation: one, or one for each fraction that is asked for.
    let rowsPerObservation: Int

    /// ε: PyTorch's default.
    static let epsilon: Float = 1e-5
}
