internal import Tensors

/// Where a network is asked for quantiles: the trunk's output ψ is multiplied with the embedding φ of each
/// fraction, and a row a fraction goes on.
struct FractionMerge: Equatable, Sendable {
    /// The level of ψ, one row an observation.
    let trunkLevel: Int
    /// The level of the fractions' cosines.
    let cosineLevel: Int
    /// The embedding's place among the dense layers, and the level of φ.
    let dense: Int
    let embeddedLevel: Int
    /// The level of ψ · φ.
    let productLevel: Int
    /// Numbers of ψ.
    let width: Int
}

extension SequentialBuilder {
    /// Whether the trunk ends before a hidden layer: after the convolutions, or after the first dense layer
    /// where there are none.
    func endsTrunk(before layer: LayerSpecification) -> Bool {
        guard case .dense = layer else { return false }
        return convolutions.isEmpty ? denses.count == 1 : denses.isEmpty
    }

    /// Lays the embedding of fractions beside the trunk that there is.
    mutating func embed(
        _ description: QuantileEmbedding,
        fractionCount: Int
    ) throws(NetworkError) {
        let (trunkLevel, width) = (inputLevel, shape.reduce(1, *))
        let index = denses.count
        let parameters = try place(
            name: "quantile_embedding",
            weightShape: [description.cosineCount, width],
            convolutions.count + index
        )
        let first = levelWidths.count
        levelWidths += [description.cosineCount, width, width].map { $0 * fractionCount }
        denses.append(
            Dense(
                map: AffineMap(inputs: description.cosineCount, outputs: width, kernels: kernels),
                activation: .relu,
                parameters: parameters,
                index: index,
                inputLevel: first,
                gradientLevel: first,
                outputLevel: first + 1,
                hasRectifiedInput: false,
                rowsPerObservation: fractionCount,
                readsFractions: true
            )
        )
        embedding = FractionMerge(
            trunkLevel: trunkLevel,
            cosineLevel: first,
            dense: index,
            embeddedLevel: first + 1,
            productLevel: first + 2,
            width: width
        )
        rowsPerObservation = fractionCount
        read(first + 2, [width], isRectified: false)
    }
}
