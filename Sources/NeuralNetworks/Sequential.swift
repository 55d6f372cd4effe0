public import Tensors

/// A network of layers that follow each other: convolutions, then dense layers, which may fork into
/// branches at the end.
///
/// The network itself is stateless. Its parameters are one flat block, in which each layer has its
/// place; gradients and moments have the same layout.
public struct Sequential: Equatable, Sendable {
    /// What the network was built from.
    public let architecture: NetworkArchitecture
    /// What its passes are computed with.
    let kernels: Kernels
    let inputStage: InputStage
    let convolutions: [Conv2D]
    let denses: [Dense]
    /// Numbers of one observation at each level: the input, then what each layer gives out, in order.
    let levelWidths: [Int]
    /// Nil where all layers follow each other.
    let fork: Fork?
    /// Nil where the network is asked for no quantiles.
    let embedding: FractionMerge?
    /// How many fractions of each observation quantiles are given at; 1 where there is none.
    public let fractionCount: Int
    /// Where each convolution's packed weights lie.
    let packedWeights: [Range<Int>]
    /// Those of a network that `splitsObservations`.
    private(set) var gradientPieces: [GradientPiece] = []

    /// Fits the described layers to each other.
    ///
    /// - Parameters:
    ///   - architecture: What the network is made of.
    ///   - kernels: What its passes are computed with.
    ///   - fractionCount: At how many fractions a network with an embedding is asked for quantiles; the
    ///     parameters are the same for any number.
    /// - Throws: Where a layer does not fit what comes before it.
    public init(
        _ architecture: NetworkArchitecture,
        kernels: Kernels = .fastest,
        fractionCount: Int = 1
    ) throws(NetworkError) {
        precondition(fractionCount >= 1)
        let fractionCount = architecture.quantileEmbedding == nil ? 1 : fractionCount
        var builder = try SequentialBuilder(architecture, kernels)
        for (index, layer) in architecture.hiddenLayers.enumerated() {
            if let embedding = architecture.quantileEmbedding, builder.embedding == nil,
                builder.endsTrunk(before: layer)
            {
                try builder.embed(embedding, fractionCount: fractionCount)
            }
            try builder.append(layer, index: index)
        }
        if let embedding = architecture.quantileEmbedding, builder.embedding == nil {
            try builder.embed(embedding, fractionCount: fractionCount)
        }
        if architecture.branches.isEmpty {
            try builder.append(
                .dense(units: architecture.outputCount, activation: .linear),
                index: architecture.hiddenLayers.count
            )
        } else {
            try builder.fork(into: architecture)
        }
        self.architecture = architecture
        self.kernels = kernels
        convolutions = builder.convolutions
        denses = builder.denses
        levelWidths = builder.levelWidths
        fork = builder.fork
        embedding = builder.embedding
        self.fractionCount = fractionCount
        packedWeights = Self.packedWeights(builder.convolutions)
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
        convolutions.flatMap { [$0.parameters, $0.normalization?.parameters] }.compactMap(\.self)
            + denses.flatMap { [$0.parameters, $0.normalization?.parameters] }.compactMap(\.self)
    }

    /// How many floats the block of parameters has: those of the layers, then the scales of their noise.
    public var parameterCount: Int { plainParameterCount + noiseScaleCount }

    /// The layers' own parameters.
    var plainParameterCount: Int {
        (denses.last?.normalization?.parameters ?? denses.last?.parameters)?.all.upperBound ?? 0
    }

    /// The same network, asked for quantiles at another number of fractions.
    public func asked(fractionCount: Int) throws(NetworkError) -> Sequential {
        try Sequential(architecture, kernels: kernels, fractionCount: fractionCount)
    }

    /// The convolutions' parameters come first in the block.
    var convolutionParameterCount: Int { convolutions.last?.parameterEnd ?? 0 }

    /// The level of the outputs.
    var outputLevel: Int { levelWidths.count - 1 }
}
