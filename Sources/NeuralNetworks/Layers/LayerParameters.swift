/// Where a layer's weights and biases lie in the network's one flat block of parameters.
///
/// Gradients and the optimizer's moments are blocks of the same layout.
public struct LayerParameters: Equatable, Sendable {
    /// The layer's name, as PyTorch users call it: `conv1`, `fc2`.
    public let name: String
    /// (kernel, kernel, inputs, outputs) of a convolution, (inputs, outputs) of a dense layer.
    public let weightShape: [Int]
    /// Offset of the first weight; the biases follow the weights.
    let offset: Int

    init(name: String, weightShape: [Int], offset: Int) {
        self.name = name
        self.weightShape = weightShape
        self.offset = offset
    }

    /// How many numbers of the layer before are joined in one output: kernel² · inputs, or inputs.
    public var fanIn: Int { weightShape.dropLast().reduce(1, *) }
    /// How many kernels or units there are.
    public var outputCount: Int { weightShape[weightShape.count - 1] }
    /// The weights' place in the block.
    public var weights: Range<Int> { offset..<(offset + fanIn * outputCount) }
    /// The biases' place in the block.
    public var biases: Range<Int> { weights.upperBound..<(weights.upperBound + outputCount) }
    /// Weights and biases.
    public var all: Range<Int> { offset..<biases.upperBound }
}
