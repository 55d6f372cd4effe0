internal import BackgroundQueues
internal import Tensors

/// Takes a batch through the dense layers, one after the other, each shared out by parts of its weights:
/// these, and not the batch, are what is large.
struct WeightPlan: ~Escapable, Sendable {
    private let pass: Pass

    @_lifetime(copy pass)
    init(_ pass: Pass) {
        self.pass = pass
    }

    func forward() {
        for layer in pass.network.denses {
            let parts = layer.columnParts(count: layer.rows(pass.count))
            pass.pool.forEach(parts.count) { part, _ in
                pass.multiply(layer, samples: 0..<pass.count, columns: parts[part])
            }
            normalize(layer)
            pass.multiplyByFractions(after: layer)
        }
        pass.joinBranches(0..<pass.count)
    }

    /// Each core some observations, where there is something to normalize.
    private func normalize(_ layer: Dense) {
        guard let normalization = layer.normalization else { return }
        let parts = Partition(length: pass.count, partSize: Self.observationsAtOnce)
        pass.pool.forEach(parts.count) { part, _ in
            pass.normalize(
                normalization,
                samples: parts[part],
                slot: parts[part].lowerBound
            )
        }
    }

    /// Observations that are worth another core's while to normalize.
    private static let observationsAtOnce = 32

    func backward(into sink: GradientSink) {
        pass.splitOutputGradients(0..<pass.count)
        for layer in pass.network.denses.reversed() {
            pass.shareProductGradients(before: layer)
            backward(layer, into: sink)
            pass.sumBranches(after: layer, 0..<pass.count)
        }
    }

    /// The backward pass through one layer, some rows of its weights after the other: these rows give
    /// their part of the gradient of the input, and get their own.
    private func backward(_ layer: Dense, into sink: GradientSink) {
        if let normalization = layer.normalization {
            pass.backward(through: normalization, samples: 0..<pass.count)
            pass.takeGradients(of: normalization, into: sink, worker: 0)
        }
        let output = pass.layout.range(level: layer.outputLevel, count: pass.count)
        pass.backward(through: layer.activation, output)
        let outputGradient = pass.memory.gradients.span(output)
        sink.take(layer.parameters.biases, worker: 0) { sum, _ in
            sum.fill(0)
            addRows(of: outputGradient, to: &sum)
        }
        pack(outputGradient, of: layer)
        let parts = layer.rowParts(count: layer.rows(pass.count))
        pass.pool.forEach(parts.count) { part, worker in
            let blocks = Partition(length: parts[part].count, partSize: layer.blockRows)
            for block in 0..<blocks.count {
                let (first, within) = (parts[part].lowerBound, blocks[block])
                let rows = (first + within.lowerBound)..<(first + within.upperBound)
                if layer.passesGradientOn {
                    inputGradient(of: layer, outputGradient, columns: rows, worker: worker)
                }
                sink.take(layer.weights(ofRows: rows), worker: worker) { gradient, prefetch in
                    pass.weightGradient(of: layer, rows, prefetch, into: &gradient)
                }
            }
        }
    }

    /// Lays the gradient of a layer's output out as the products with it read it.
    private func pack(_ outputGradient: Span<Float>, of layer: Dense) {
        let (map, layout, packed) = (layer.map, pass.layout, pass.memory.packed)
        if layer.passesGradientOn {
            var target = packed.part(layout.packedGradient(layer, count: pass.count))
            map.prepareGradient(outputGradient, count: layer.rows(pass.count), into: &target.floats)
        }
        var panels = packed.part(layout.panels(layer, count: pass.count))
        map.prepareWeightGradient(
            outputGradient,
            count: layer.rows(pass.count),
            into: &panels.floats
        )
    }

    private func inputGradient(
        of layer: Dense,
        _ outputGradient: Span<Float>,
        columns: Range<Int>,
        worker: Int
    ) {
        let (map, memory, layout) = (layer.map, pass.memory, pass.layout)
        let input = layout.range(level: layer.inputLevel, count: pass.count)
        let gradient = layout.range(level: layer.gradientLevel, count: pass.count)
        var target = memory.gradients.columns(columns, of: gradient, width: map.inputs)
        let rows = layer.rows(pass.count)
        var scratch = memory.scratch(map.scratchCount(count: rows), worker: worker)
        map.inputGradient(
            outputGradient: outputGradient,
            prepared: memory.packed.span(layout.packedGradient(layer, count: pass.count)),
            count: rows,
            weights: pass.parameters.extracting(layer.parameters.weights),
            rectifiedInput: layer.hasRectifiedInput ? memory.activations.span(input) : Span(),
            columns: columns,
            into: &target.floats,
            scratch: &scratch.floats
        )
    }
}

extension Pass {
    /// Computes some rows of the gradient of a dense layer's weights over the whole batch.
    func weightGradient(
        of layer: Dense,
        _ rows: Range<Int>,
        _ prefetch: Prefetch,
        into gradient: inout MutableSpan<Float>
    ) {
        let input = layout.range(level: layer.inputLevel, count: count)
        let output = layout.range(level: layer.outputLevel, count: count)
        layer.map.weightGradient(
            input: memory.activations.span(input),
            outputGradient: memory.gradients.span(output),
            panels: memory.packed.span(layout.panels(layer, count: count)),
            count: layer.rows(count),
            rows: rows,
            prefetching: prefetch,
            into: &gradient
        )
    }
}
