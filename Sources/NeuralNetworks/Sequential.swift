public import Tensors

/// A network of layers that follow each other: convolutions, then dense layers.
///
/// The network itself is stateless. Its parameters are one flat block, in which each layer has its
/// place; gradients and moments have the same layout.
public struct Sequential: Equatable, Sendable {
    /// What the network was built from.
    public let architecture: NetworkArchitecture
    let inputStage: InputStage
    let convolutions: [Conv2D]
    let denses: [Dense]
    /// Those of a network that `splitsObservations`.
    private(set) var gradientPieces: [GradientPiece] = []

    /// Fits the described layers to each other.
    ///
    /// - Parameters:
    ///   - architecture: What the network is made of.
    ///   - kernels: What its passes are computed with.
    /// - Throws: Where a layer does not fit what comes before it.
    public init(
        _ architecture: NetworkArchitecture,
        kernels: Kernels = .fastest
    ) throws(NetworkError) {
        var builder = try SequentialBuilder(architecture, kernels)
        for (index, layer) in architecture.hiddenLayers.enumerated() {
            try builder.append(layer, index: index)
        }
        try builder.append(
            .dense(units: architecture.outputCount, activation: .linear),
            index: architecture.hiddenLayers.count
        )
        self.architecture = architecture
        convolutions = builder.convolutions
        denses = builder.denses
        inputStage = InputStage(
            input: architecture.input,
            interleavesFrames: !convolutions.isEmpty
        )
        if splitsObservations {
            gradientPieces = GradientPiece.all(of: denses)
        }
    }

    /// The most parameters of a network and numbers of one observation at any layer: 4 TiB.
    ///
    /// With batches, workers and bytes multiplied in, no size is then more than an `Int` holds.
    static let mostNumbers = 1 << 40

    /// The places of all layers' parameters in the block, in order.
    public var layers: [LayerParameters] {
        convolutions.map(\.parameters) + denses.map(\.parameters)
    }

    /// How many floats the block of parameters has.
    public var parameterCount: Int { layers.last?.all.upperBound ?? 0 }

    /// The convolutions' parameters come first in the block.
    var convolutionParameterCount: Int { convolutions.last?.parameters.all.upperBound ?? 0 }

    /// Whether what goes into layer `level`, a layer's output, came out of max(0, ·).
    func isRectified(_ level: Int) -> Bool {
        let activation =
            level > convolutions.count
            ? denses[level - convolutions.count - 1].activation
            : convolutions[level - 1].activation
        return activation == .relu
    }

    /// Numbers that each layer gives out for one observation.
    var layerWidths: [Int] { convolutions.map(\.shape.outputCount) + denses.map(\.map.outputs) }
}

/// Lays one layer on the other, checking that each fits.
private struct SequentialBuilder {
    var convolutions: [Conv2D] = []
    var denses: [Dense] = []
    /// (height, width, channels) while images flow, then (numbers).
    private var shape: [Int]
    private var parameterCount = 0
    private let kernels: Kernels

    init(_ architecture: NetworkArchitecture, _ kernels: Kernels) throws(NetworkError) {
        self.kernels = kernels
        let input = architecture.input
        guard !input.shape.isEmpty, input.shape.allSatisfy({ (1...65_536).contains($0) }) else {
            throw .ends("input shape \(input.shape) must have sizes of at least 1")
        }
        try Self.requireSize(input.shape, "input shape \(input.shape) has", NetworkError.ends)
        guard (1...65_536).contains(architecture.outputCount) else {
            throw .ends("output count must be 1...65536, got \(architecture.outputCount)")
        }
        shape =
            input.shape.count == 3 ? [input.shape[1], input.shape[2], input.shape[0]] : input.shape
        if input.shape.count == 2 {
            shape.append(1)
        }
    }

    mutating func append(_ layer: LayerSpecification, index: Int) throws(NetworkError) {
        switch layer {
        case .conv2d(let filters, let kernelSize, let stride, let padding, let activation):
            guard denses.isEmpty else {
                throw .layer(index: index, "a convolution cannot follow a dense layer")
            }
            guard shape.count == 3 else {
                throw .layer(
                    index: index,
                    "a convolution needs observations of shape (frames, height, width), got \(shape)"
                )
            }
            try require(filters, in: 1...4096, "filters", index)
            try require(kernelSize, in: 1...64, "kernel_size", index)
            try require(stride, in: 1...64, "stride", index)
            try require(padding, in: 0...(kernelSize - 1), "padding", index)
            guard
                let convolution = ConvolutionShape(
                    inputHeight: shape[0],
                    inputWidth: shape[1],
                    inputChannels: shape[2],
                    outputChannels: filters,
                    kernelSize: kernelSize,
                    stride: stride,
                    padding: padding
                )
            else {
                throw .layer(
                    index: index,
                    "a kernel of \(kernelSize)×\(kernelSize) does not fit an image of "
                        + "\(shape[0])×\(shape[1])"
                )
            }
            let output = [convolution.outputHeight, convolution.outputWidth]
            try requireSize(output + [filters], index, "gives out")
            // Where patches are laid out as a matrix, it has as many.
            try requireSize(output + [kernelSize, kernelSize, shape[2]], index, "reads")
            let parameters = try place(
                name: "conv\(convolutions.count + 1)",
                weightShape: [kernelSize, kernelSize, shape[2], filters],
                index
            )
            convolutions.append(
                Conv2D(
                    convolution: Convolution(convolution, kernels: kernels),
                    activation: activation,
                    parameters: parameters
                )
            )
            shape = [convolution.outputHeight, convolution.outputWidth, filters]
        case .dense(let units, let activation):
            try require(units, in: 1...65_536, "units", index)
            let inputCount = shape.reduce(1, *)
            let parameters = try place(
                name: "fc\(denses.count + 1)",
                weightShape: [inputCount, units],
                index
            )
            denses.append(
                Dense(
                    map: AffineMap(inputs: inputCount, outputs: units, kernels: kernels),
                    activation: activation,
                    parameters: parameters
                )
            )
            shape = [units]
        }
    }

    private mutating func place(
        name: String,
        weightShape: [Int],
        _ index: Int
    ) throws(NetworkError) -> LayerParameters {
        try requireSize(weightShape, index, "has weights of")
        let parameters = LayerParameters(
            name: name,
            weightShape: weightShape,
            offset: parameterCount
        )
        parameterCount = parameters.all.upperBound
        return parameters
    }

    /// Refuses a shape of more numbers than are taken, and than could be multiplied further.
    private func requireSize(
        _ shape: [Int],
        _ index: Int,
        _ what: String
    ) throws(NetworkError) {
        try Self.requireSize(shape, what) { .layer(index: index, $0) }
    }

    private static func requireSize(
        _ shape: [Int],
        _ what: String,
        _ fault: (String) -> NetworkError
    ) throws(NetworkError) {
        let most = Sequential.mostNumbers
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= most else {
                let sizes = shape.map(String.init).joined(separator: " × ")
                throw fault("\(what) \(sizes) numbers; at most \(most) are taken")
            }
            count = product
        }
    }

    private func require(
        _ value: Int,
        in range: ClosedRange<Int>,
        _ name: String,
        _ index: Int
    ) throws(NetworkError) {
        guard range.contains(value) else {
            throw .layer(
                index: index,
                "\(name) must be \(range.lowerBound)...\(range.upperBound), got \(value)"
            )
        }
    }
}
