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
}

/// What is done to each number that a layer gives out.
public enum Activation: String, Codable, Sendable {
    /// max(0, x).
    case relu
    /// x.
    case linear
}

extension LayerSpecification: Codable {
    private enum Kind: String, Codable {
        case conv2d
        case dense
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type
        case filters
        case kernelSize = "kernel_size"
        case stride
        case padding
        case units
        case activation
    }

    /// Reads a layer; `stride` is 1, `padding` 0 and `activation` relu where they are not given.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let activation = try values.decodeIfPresent(Activation.self, forKey: .activation) ?? .relu
        switch try values.decode(Kind.self, forKey: .type) {
        case .conv2d:
            self = .conv2d(
                filters: try values.decode(Int.self, forKey: .filters),
                kernelSize: try values.decode(Int.self, forKey: .kernelSize),
                stride: try values.decodeIfPresent(Int.self, forKey: .stride) ?? 1,
                padding: try values.decodeIfPresent(Int.self, forKey: .padding) ?? 0,
                activation: activation
            )
        case .dense:
            self = .dense(
                units: try values.decode(Int.self, forKey: .units),
                activation: activation
            )
        }
    }

    /// Writes every value, the defaults too.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .conv2d(let filters, let kernelSize, let stride, let padding, let activation):
            try values.encode(Kind.conv2d, forKey: .type)
            try values.encode(filters, forKey: .filters)
            try values.encode(kernelSize, forKey: .kernelSize)
            try values.encode(stride, forKey: .stride)
            try values.encode(padding, forKey: .padding)
            try values.encode(activation, forKey: .activation)
        case .dense(let units, let activation):
            try values.encode(Kind.dense, forKey: .type)
            try values.encode(units, forKey: .units)
            try values.encode(activation, forKey: .activation)
        }
    }
}

extension [LayerSpecification] {
    /// The network of the Nature paper, "Model architecture": 1,686,180 parameters for 4 actions.
    public static let nature: [LayerSpecification] = [
        .conv2d(filters: 32, kernelSize: 8, stride: 4),
        .conv2d(filters: 64, kernelSize: 4, stride: 2),
        .conv2d(filters: 64, kernelSize: 3, stride: 1),
        .dense(units: 512),
    ]

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
