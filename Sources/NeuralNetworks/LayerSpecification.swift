/// One hidden layer of a network as users write it, an entry of a JSON list:
/// `{"type":"conv2d","filters":32,"kernel_size":8,"stride":4}` or `{"type":"dense","units":512}`.
public enum LayerSpecification: Equatable, Sendable {
    /// A convolution with square kernels.
    case conv2d(
        filters: Int,
        kernelSize: Int,
        stride: Int,
        padding: Int = 0,
        activation: Activation = .relu
    )
    /// Every output joined to every input.
    case dense(units: Int, activation: Activation = .relu)
    /// What the layer before gives out for an observation, freed of its mean and spread; that layer's own
    /// activation must be linear. Ba, Kiros and Hinton 2016.
    case layerNorm(activation: Activation = .relu)
}

/// What is done to each number that a layer gives out.
public enum Activation: String, Sendable, CaseIterable {
    /// max(0, x).
    case relu
    /// x.
    case linear
}

extension [LayerSpecification] {
    /// The network of the Nature paper, "Model architecture": 1,686,180 parameters for 4 actions.
    public static let nature: [LayerSpecification] = [
        .conv2d(filters: 32, kernelSize: 8, stride: 4),
        .conv2d(filters: 64, kernelSize: 4, stride: 2),
        .conv2d(filters: 64, kernelSize: 3, stride: 1),
        .dense(units: 512),
    ]

    /// The smaller network of Mnih and others 2013, "Playing Atari with Deep Reinforcement Learning":
    /// 677,686 parameters for 6 actions.
    public static let small: [LayerSpecification] = [
        .conv2d(filters: 16, kernelSize: 8, stride: 4),
        .conv2d(filters: 32, kernelSize: 4, stride: 2),
        .dense(units: 256),
    ]

    /// These layers with a normalization between each one's products and its activation.
    public var normalized: [LayerSpecification] {
        flatMap { layer -> [LayerSpecification] in
            switch layer {
            case .conv2d(let filters, let kernelSize, let stride, let padding, let activation):
                [
                    .conv2d(
                        filters: filters,
                        kernelSize: kernelSize,
                        stride: stride,
                        padding: padding,
                        activation: .linear
                    ), .layerNorm(activation: activation),
                ]
            case .dense(let units, let activation):
                [.dense(units: units, activation: .linear), .layerNorm(activation: activation)]
            case .layerNorm: [layer]
            }
        }
    }

    /// The network of MinAtar (Young and Tian 2019), for grids of about 10 × 10.
    public static let grid: [LayerSpecification] = [
        .conv2d(filters: 16, kernelSize: 3, stride: 1),
        .dense(units: 128),
    ]

    /// A multilayer perceptron with hidden layers of the given sizes.
    public static func mlp(_ units: Int...) -> [LayerSpecification] {
        units.map { .dense(units: $0) }
    }
}
