internal import BackgroundQueues
internal import Tensors

/// Takes a batch through a network so small that every core's cache holds its weights: each core takes some
/// of the observations through all layers.
///
/// So cores meet once or twice a pass, not at every layer, and hardly read what another has just written.
struct ObservationPlan: ~Escapable, Sendable {
    private let pass: Pass
    private let parts: Partition

    @_lifetime(copy pass)
    init(_ pass: Pass) {
        self.pass = pass
        parts = pass.network.observationParts(pass.count, cores: pass.pool.width)
    }

    func forward(_ observations: Span<UInt8>) {
        pass.pool.forEach(parts.count) { part, _ in
            pass.readInputs(observations, parts[part], slot: parts[part].lowerBound)
            for layer in pass.network.denses {
                pass.multiply(layer, samples: parts[part], columns: 0..<layer.map.outputs)
                pass.normalize(
                    layer.normalization,
                    samples: parts[part],
                    slot: parts[part].lowerBound
                )
            }
            pass.joinBranches(parts[part])
        }
    }

    /// The backward pass through all layers, after which every piece of the parameters gets its gradient.
    func backward(into sink: GradientSink) {
        let (network, memory, layout) = (pass.network, pass.memory, pass.layout)
        pass.pool.forEach(parts.count) { part, worker in
            pass.splitOutputGradients(parts[part])
            for layer in network.denses.reversed() {
                if let normalization = layer.normalization {
                    pass.backward(through: normalization, samples: parts[part])
                }
                backward(layer, samples: parts[part], worker: worker)
                pass.sumBranches(after: layer, parts[part])
            }
        }
        pass.pool.forEach(network.denses.count) { index, _ in
            let layer = network.denses[index]
            let output = layout.range(level: layer.outputLevel, count: pass.count)
            var panels = memory.packed.part(layout.panels(layer, count: pass.count))
            layer.map.prepareWeightGradient(
                memory.gradients.span(output),
                count: pass.count,
                into: &panels.floats
            )
        }
        let normalizations = network.denses.compactMap(\.normalization)
        pass.pool.forEach(normalizations.count) { index, worker in
            pass.takeGradients(of: normalizations[index], into: sink, worker: worker)
        }
        pass.pool.forEach(network.gradientPieces.count) { piece, worker in
            let piece = network.gradientPieces[piece]
            let layer = network.denses[piece.layer]
            sink.take(layer.weights(ofRows: piece.rows), worker: worker) { gradient, prefetch in
                pass.weightGradient(of: layer, piece.rows, prefetch, into: &gradient)
            }
            guard piece.isFirst else { return }
            let output = layout.range(level: layer.outputLevel, count: pass.count)
            sink.take(layer.parameters.biases, worker: worker) { sum, _ in
                sum.fill(0)
                addRows(of: memory.gradients.span(output), to: &sum)
            }
        }
    }

    /// Takes the gradients of some observations backward through one layer's activation and weights.
    private func backward(_ layer: Dense, samples: Range<Int>, worker: Int) {
        let (map, memory, layout) = (layer.map, pass.memory, pass.layout)
        let output = layout.range(level: layer.outputLevel, samples: samples, slot: 0)
        pass.backward(through: layer.activation, output)
        guard layer.passesGradientOn else { return }
        let input = layout.range(level: layer.inputLevel, samples: samples, slot: 0)
        let outputGradient = memory.gradients.span(output)
        let packedCount = map.preparedCount(count: samples.count)
        var packed = memory.scratch(packedCount, worker: worker)
        map.prepareGradient(outputGradient, count: samples.count, into: &packed.floats)
        var scratch = memory.scratch(
            map.scratchCount(count: samples.count),
            after: packedCount,
            worker: worker
        )
        var target = memory.gradients.part(
            layout.range(level: layer.gradientLevel, samples: samples, slot: 0)
        )
        map.inputGradient(
            outputGradient: outputGradient,
            prepared: packed.floats.span,
            count: samples.count,
            weights: pass.parameters.extracting(layer.parameters.weights),
            rectifiedInput: layer.hasRectifiedInput ? memory.activations.span(input) : Span(),
            columns: 0..<map.inputs,
            into: &target.floats,
            scratch: &scratch.floats
        )
    }
}

extension Sequential {
    /// Whether passes are shared out by observations.
    package var splitsObservations: Bool {
        convolutions.isEmpty && embedding == nil && plainParameterCount <= Self.mostCachedParameters
            && denses.allSatisfy { !$0.map.kernels.isRounded }
    }

    /// Parameters of 512 KiB.
    private static let mostCachedParameters = 131_072

    /// How many observations one core takes at a time.
    private static let mostObservationsAtOnce = 64
    /// A part is a multiple of it, and it is one of what any kernels take at a time.
    private static let partMultiple = 8

    /// How observations are shared out: in two parts where they are few.
    ///
    /// A single core takes them in one and so goes through the weights once, unless sums round by a part's
    /// size.
    fileprivate func observationParts(_ count: Int, cores: Int) -> Partition {
        let most = Self.mostObservationsAtOnce
        if cores == 1 && !denses.contains(where: { $0.map.kernels.roundsByShape }) {
            return Partition(length: count, partSize: most)
        }
        let pairs = (count + 2 * Self.partMultiple - 1) / (2 * Self.partMultiple)
        return Partition(length: count, partSize: min(pairs * Self.partMultiple, most / 2))
    }

    /// Floats of scratch that a worker needs in a backward pass of `count` observations.
    func observationsScratchCount(_ count: Int) -> Int {
        let rows = min(count, Self.mostObservationsAtOnce)
        return denses.map { $0.map.preparedCount(count: rows) + $0.map.scratchCount(count: rows) }
            .max() ?? 0
    }
}
