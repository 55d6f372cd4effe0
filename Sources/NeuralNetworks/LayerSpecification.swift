public import JSONFields

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
public enum Activation: String, Sendable, CaseIterable {
    /// max(0, x).
    case relu
    /// x.
    case linear
}

extension LayerSpecification {
    private enum Kind: String, CaseIterable {
        case conv2d
        case dense
    }

    /// Reads a layer; `stride` is 1, `padding` 0 and `activation` relu where they are not given.
    public init(reading fields: inout FieldReader) {
        var (kind, activation) = (Kind.dense, Activation.relu)
        fields.require("type")
        fields.read("type", into: &kind)
        fields.read("activation", into: &activation)
        switch kind {
        case .conv2d:
            var (filters, kernelSize, stride, padding) = (1, 1, 1, 0)
            fields.require("filters")
            fields.require("kernel_size")
            fields.read("filters", in: 1...4096, into: &filters)
            fields.read("kernel_size", in: 1...64, into: &kernelSize)
            fields.read("stride", in: 1...64, into: &stride)
            fields.read("padding", in: 0...63, into: &padding)
            self = .conv2d(
                filters: filters,
                kernelSize: kernelSize,
                stride: stride,
                padding: padding,
                activation: activation
            )
        case .dense:
            var units = 1
            fields.require("units")
            fields.read("units", in: 1...65_536, into: &units)
            self = .dense(units: units, activation: activation)
        }
    }

    /// Every value, the defaults too.
    public var json: JSONValue {
        switch self {
        case .conv2d(let filters, let kernelSize, let stride, let padding, let activation):
            [
                "type": "conv2d", "filters": .integer(filters), "kernel_size": .integer(kernelSize),
                "stride": .integer(stride), "padding": .integer(padding),
                "activation": .string(activation.rawValue),
            ]
        case .dense(let units, let activation):
            [
                "type": "dense", "units": .integer(units),
                "activation": .string(activation.rawValue),
            ]
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
