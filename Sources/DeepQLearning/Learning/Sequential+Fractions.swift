internal import NeuralNetworks
internal import RandomNumbers

/// The fractions at which an implicit quantile network is asked; nothing for any other.
extension Sequential {
    /// Whether the network is given fractions.
    var embedsFractions: Bool { architecture.quantileEmbedding != nil }

    /// Draws fractions evenly from 0 ..< 1 and lets the next passes give quantiles at them.
    func drawFractions(
        _ fractions: inout [Float],
        from generator: inout RandomGenerator,
        in workspace: inout Workspace
    ) {
        guard embedsFractions else { return }
        for index in fractions.indices { fractions[index] = generator.unitFloat() }
        let drawn = fractions
        setFractions(drawn.span, in: &workspace)
    }

    /// Lets the next passes give quantiles at the midpoints of equal parts: their mean is that of all
    /// quantiles as nearly as so many can give it, and the same each time.
    func setMidpoints(in workspace: inout Workspace) {
        guard embedsFractions else { return }
        let midpoints = ValueHead.midpoints(fractionCount)
        let all = (0..<workspace.capacity).flatMap { _ in midpoints }
        setFractions(all.span, in: &workspace)
    }
}
