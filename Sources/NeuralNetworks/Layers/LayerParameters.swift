/// Where a layer's weights and biases lie in the network's one flat block of parameters.
///
/// Gradients and the optimizer's moments are blocks of the same layout.
public struct LayerParameters: Equatable, Sendable {
    /// The layer's name, as PyTorch users call it: `conv1`, `fc2`.
    public let name: String
    /// (kernel, kernel, inputs, outputs) of a convolution, (inputs, outputs) of a dense layer,
    /// (height, width, channels) or (numbers) of a normalization.
    public let weightShape: [Int]
    /// Offset of the first weight; the biases follow the weights.
    let offset: Int
    /// Whether there is a weight and a bias for every number, and no matrix.
    let isNormalization: Bool

    init(name: String, weightShape: [Int], offset: Int, isNormalization: Bool = false) {
        self.isNormalization = isNormalization
        self.name = name
        self.weightShape = weightShape
        self.offset = offset
    }

    /// How many numbers of the layer before are joined in one output: kernel² · inputs, or inputs.
    public var fanIn: Int { isNormalization ? 1 : weightShape.dropLast().reduce(1, *) }
    /// How many kernels or units there are, or how many numbers are normalized.
    public var outputCount: Int {
        isNormalization ? weightShape.reduce(1, *) : weightShape[weightShape.count - 1]
    }
    /// The weights' place in the block.
    public var weights: Range<Int> { offset..<(offset + fanIn * outputCount) }
    /// The biases' place in the block.
    public var biases: Range<Int> { weights.upperBound..<(weights.upperBound + outputCount) }
    /// Weights and biases.
    public var all: Range<Int> { offset..<biases.upperBound }
}
