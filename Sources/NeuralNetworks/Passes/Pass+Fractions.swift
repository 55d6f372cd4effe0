internal import BackgroundQueues
internal import Tensors

/// What multiplies the trunk's output with the embedding of each fraction; nothing where quantiles are not
/// asked for.
extension Pass {
    /// ψ · φ for every fraction of every observation, once `layer` was the embedding.
    func multiplyByFractions(after layer: Dense) {
        guard let embedding = network.embedding, embedding.dense == layer.index else { return }
        pass(embedding) { sample in
            var product = memory.activations.part(range(embedding.productLevel, sample))
            multiplyRows(
                of: memory.activations.span(range(embedding.embeddedLevel, sample)),
                by: memory.activations.span(range(embedding.trunkLevel, sample)),
                into: &product.floats
            )
        }
    }

    /// ∂φ = ∂(ψ · φ) · ψ, and ∂ψ the sum of ∂(ψ · φ) · φ over the fractions, before `layer` is the embedding
    /// in a backward pass.
    func shareProductGradients(before layer: Dense) {
        guard let embedding = network.embedding, embedding.dense == layer.index else { return }
        pass(embedding) { sample in
            let gradients = memory.gradients.span(range(embedding.productLevel, sample))
            var embedded = memory.gradients.part(range(embedding.embeddedLevel, sample))
            multiplyRows(
                of: gradients,
                by: memory.activations.span(range(embedding.trunkLevel, sample)),
                into: &embedded.floats
            )
            guard embedding.trunkLevel > 0 else { return }
            var trunk = memory.gradients.part(range(embedding.trunkLevel, sample))
            trunk.floats.fill(0)
            addRowProducts(
                of: gradients,
                memory.activations.span(range(embedding.embeddedLevel, sample)),
                to: &trunk.floats
            )
        }
    }

    /// Goes through the batch, one observation after the other, on several cores.
    private func pass(_ embedding: FractionMerge, _ body: @Sendable (Range<Int>) -> Void) {
        pool.forEach(count) { sample, _ in body(sample..<(sample + 1)) }
    }

    private func range(_ level: Int, _ sample: Range<Int>) -> Range<Int> {
        layout.range(level: level, samples: sample, slot: sample.lowerBound)
    }
}

extension Sequential {
    /// Sets the fractions that the next passes through a workspace give quantiles at; they stay until
    /// others are set.
    ///
    /// - Parameters:
    ///   - fractions: τ, 0 … 1, shape (observations, fractionCount).
    ///   - workspace: Of this network, which has an embedding of fractions.
    public func setFractions(_ fractions: Span<Float>, in workspace: inout Workspace) {
        guard let embedding, let description = architecture.quantileEmbedding else {
            preconditionFailure("the network is asked for no quantiles")
        }
        let memory = workspace.memory
        precondition(fractions.count.isMultiple(of: fractionCount))
        precondition(fractions.count <= memory.capacity * fractionCount)
        let range = layout(of: memory, embedding.cosineLevel, fractions.count / fractionCount)
        var part = memory.activations.part(range)
        part.floats.copy(from: description.cosines(of: fractions).span)
    }

    private func layout(of memory: PassMemory, _ level: Int, _ count: Int) -> Range<Int> {
        memory.layout.range(level: level, count: count)
    }
}
