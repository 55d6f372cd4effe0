extension SequentialBuilder {
    /// Frees what the last layer gives out of its mean and spread.
    mutating func normalize(_ activation: Activation, _ index: Int) throws(NetworkError) {
        let isDense = denses.last?.outputLevel == inputLevel
        let before = isDense ? denses.last?.activation : convolutions.last?.activation
        let follows = isDense || convolutions.last?.outputLevel == inputLevel
        let isFirstOfBranch = !prefix.isEmpty && namedDenses == 0
        guard let before, follows, !isFirstOfBranch else {
            throw .layer(
                index: index,
                "a layer_norm must follow a convolution or a dense layer"
            )
        }
        guard before == .linear else {
            throw .layer(
                index: index,
                "a layer_norm must follow a layer whose activation is linear, got \(before)"
            )
        }
        namedNormalizations += 1
        let parameters = LayerParameters(
            name: "\(prefix)norm\(namedNormalizations)",
            weightShape: shape,
            offset: parameterCount,
            isNormalization: true
        )
        parameterCount = parameters.all.upperBound
        let layer = LayerNorm(
            activation: activation,
            parameters: parameters,
            inputLevel: inputLevel,
            spreadLevel: levelWidths.count,
            outputLevel: levelWidths.count + 1,
            rowsPerObservation: rowsPerObservation
        )
        levelWidths += [1, parameters.outputCount].map { $0 * rowsPerObservation }
        read(layer.outputLevel, shape, isRectified: activation == .relu)
        if isDense {
            denses[denses.count - 1].normalization = layer
        } else {
            convolutions[convolutions.count - 1].normalization = layer
        }
    }
}
