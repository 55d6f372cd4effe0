internal import BackgroundQueues
internal import Tensors

// Passes of networks so small that every core's cache holds their weights: each core takes some of the
// observations through all layers. So cores meet once or twice a pass, not at every layer, and hardly read
// what another has just written.

extension Sequential {
    /// Whether passes are shared out by observations.
    package var splitsObservations: Bool {
        convolutions.isEmpty && parameterCount <= Self.mostCachedParameters
            && denses.allSatisfy { !$0.map.kernels.isRounded }
    }

    /// Parameters of 512 KiB.
    private static let mostCachedParameters = 131_072

    /// How observations are shared out: in two parts where they are few.
    ///
    /// A single core takes them in one and so goes through the weights once, unless sums round by a part's
    /// size. A part is a multiple of what products take at a time.
    private func observationParts(_ count: Int, cores: Int) -> Partition {
        let isAlone = cores == 1 && !denses.contains { $0.map.kernels.roundsByShape }
        let half = min((count + 15) / 16 * 8, Self.mostObservationsAtOnce / 2)
        return Partition(length: count, partSize: isAlone ? Self.mostObservationsAtOnce : half)
    }

    /// How many observations one core takes at a time.
    private static let mostObservationsAtOnce = 64

    /// Floats that the way back needs beside a workspace's blocks.
    func observationsScratchCount(_ count: Int) -> Int {
        let rows = min(count, Self.mostObservationsAtOnce)
        return denses.map { $0.map.preparedCount(count: rows) + $0.map.scratchCount(count: rows) }
            .max() ?? 0
    }

    /// Computes the outputs of `count` observations.
    func forwardByObservations(
        _ observations: Span<UInt8>,
        _ count: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        let parts = observationParts(count, cores: pool.width)
        pool.forEach(parts.count) { part, _ in
            readInputs(observations, parts[part], slot: parts[part].lowerBound, workspace)
            for (index, layer) in denses.enumerated() {
                // Each part fills rows of its own.
                unsafe forwardDense(
                    index,
                    samples: parts[part],
                    columns: 0..<layer.map.outputs,
                    parameters: parameters,
                    workspace
                )
            }
        }
    }

    /// Goes back through all layers, and then gives every piece of the parameters its gradient.
    func backwardByObservations(
        _ count: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool,
        into destination: GradientDestination
    ) {
        let parts = observationParts(count, cores: pool.width)
        pool.forEach(parts.count) { part, worker in
            for index in denses.indices.reversed() {
                // Each part fills rows of its own, each worker its own scratch.
                unsafe backward(
                    index,
                    samples: parts[part],
                    parameters: parameters,
                    workspace,
                    worker: worker
                )
            }
        }
        pool.forEach(denses.count) { index, _ in
            let (map, layout) = (denses[index].map, workspace.layout)
            let panels = layout.panels(index, map.panelsCount(count: count))
            // Each layer fills a range of its own.
            unsafe workspace.prepared.withUnsafeMutableSpan(panels) {
                map.prepareWeightGradient(
                    workspace.gradients.span(layout.range(level: index + 1, count: count)),
                    count: count,
                    into: &$0
                )
            }
        }
        pool.forEach(gradientPieces.count) { piece, worker in
            let piece = gradientPieces[piece]
            let (layer, layout) = (denses[piece.layer], workspace.layout)
            let outputGradient = workspace.gradients.span(
                layout.range(level: piece.layer + 1, count: count)
            )
            let panels = layout.panels(piece.layer, layer.map.panelsCount(count: count))
            destination(layer.weights(ofRows: piece.rows), worker) { target, upcoming, others in
                layer.map.weightGradient(
                    input: workspace.activations.span(
                        layout.range(level: piece.layer, count: count)
                    ),
                    outputGradient: outputGradient,
                    panels: workspace.prepared.span(panels),
                    count: count,
                    rows: piece.rows,
                    upcoming: upcoming,
                    others: others,
                    into: &target
                )
            }
            guard piece.isFirst else { return }
            destination(layer.parameters.biases, worker) { sum, _, _ in
                sum.fill(0)
                addRows(of: outputGradient, to: &sum)
            }
        }
    }

    /// Takes the gradients of some observations back through one layer's activation and weights.
    @unsafe
    private func backward(
        _ index: Int,
        samples: Range<Int>,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        worker: Int
    ) {
        let (layer, layout, map) = (denses[index], workspace.layout, denses[index].map)
        let output = layout.range(level: index + 1, samples: samples, slot: 0)
        unsafe workspace.gradients.withUnsafeMutableSpan(output) { gradient in
            layer.activationBackward(&gradient, output: workspace.activations.span(output))
        }
        let outputGradient = workspace.gradients.span(output)
        // Nothing learns from the gradient of the observation itself.
        guard index > 0 else { return }
        let input = layout.range(level: index, samples: samples, slot: 0)
        let start = worker * layout.scratchPerWorker
        let prepared = start..<(start + map.preparedCount(count: samples.count))
        let end = prepared.upperBound + map.scratchCount(count: samples.count)
        unsafe workspace.scratch.withUnsafeMutableSpan(prepared) {
            map.prepareGradient(outputGradient, count: samples.count, into: &$0)
        }
        unsafe workspace.scratch.withUnsafeMutableSpan(prepared.upperBound..<end) { scratch in
            unsafe workspace.gradients.withUnsafeMutableSpan(input) { target in
                map.inputGradient(
                    outputGradient: outputGradient,
                    prepared: workspace.scratch.span(prepared),
                    count: samples.count,
                    weights: parameters.span(layer.parameters.weights),
                    rectifiedInput: isRectified(index)
                        ? workspace.activations.span(input) : Span(),
                    columns: 0..<map.inputs,
                    into: &target,
                    scratch: &scratch
                )
            }
        }
    }
}

/// Some rows of one dense layer's weights; with the first come the biases.
struct GradientPiece: Equatable, Sendable {
    let layer: Int
    let rows: Range<Int>

    var isFirst: Bool { rows.lowerBound == 0 }

    /// Those of all layers, in order.
    static func all(of denses: [Dense]) -> [GradientPiece] {
        denses.indices.flatMap { index in
            let layer = denses[index]
            let blocks = Partition(length: layer.map.inputs, partSize: layer.blockRows)
            return (0..<blocks.count).map { GradientPiece(layer: index, rows: blocks[$0]) }
        }
    }
}
