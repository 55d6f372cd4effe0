internal import Tensors

/// What frees layers' outputs of their mean and spread; nothing where it is not asked for.
extension Pass {
    /// Normalizes what a layer gave out for some observations, the first in slot `slot`.
    func normalize(_ layer: LayerNorm?, samples: Range<Int>, slot: Int) {
        guard let layer else { return }
        let scales = parameters.extracting(layer.parameters.weights)
        let shifts = parameters.extracting(layer.parameters.biases)
        for row in 0..<(samples.count * layer.rowsPerObservation) {
            func place(_ level: Int) -> Range<Int> {
                self.row(row, of: layer, level, samples, slot)
            }
            var values = memory.activations.part(place(layer.inputLevel))
            var spread = memory.activations.part(place(layer.spreadLevel))
            var outputs = memory.activations.part(place(layer.outputLevel))
            spread.floats[0] = Tensors.normalize(
                &values.floats,
                scales: scales,
                shifts: shifts,
                epsilon: LayerNorm.epsilon,
                rectifies: layer.activation == .relu,
                into: &outputs.floats
            )
        }
    }

    /// Where one row of some observations lies.
    private func row(
        _ row: Int,
        of layer: LayerNorm,
        _ level: Int,
        _ samples: Range<Int>,
        _ slot: Int
    ) -> Range<Int> {
        let all = layout.range(level: level, samples: samples, slot: slot)
        let width = all.count / (samples.count * layer.rowsPerObservation)
        return (all.lowerBound + row * width)..<(all.lowerBound + (row + 1) * width)
    }

    /// Takes the gradients of some observations backward through a normalization and its activation.
    func backward(through layer: LayerNorm, samples: Range<Int>) {
        let scales = parameters.extracting(layer.parameters.weights)
        backward(
            through: layer.activation,
            layout.range(level: layer.outputLevel, samples: samples, slot: samples.lowerBound)
        )
        for row in 0..<(samples.count * layer.rowsPerObservation) {
            func place(_ level: Int) -> Range<Int> {
                self.row(row, of: layer, level, samples, samples.lowerBound)
            }
            var inputGradient = memory.gradients.part(place(layer.inputLevel))
            normalizationGradient(
                of: memory.gradients.span(place(layer.outputLevel)),
                normalized: memory.activations.span(place(layer.inputLevel)),
                scales: scales,
                spread: memory.activations.span(place(layer.spreadLevel))[0],
                into: &inputGradient.floats
            )
        }
    }

    /// Computes the gradient of a normalization's scales, once the activation's is known.
    func scaleGradient(
        of layer: LayerNorm,
        samples: Range<Int>,
        into sum: inout MutableSpan<Float>
    ) {
        sum.fill(0)
        for row in 0..<(samples.count * layer.rowsPerObservation) {
            func place(_ level: Int) -> Range<Int> {
                self.row(row, of: layer, level, samples, samples.lowerBound)
            }
            addProducts(
                of: memory.gradients.span(place(layer.outputLevel)),
                and: memory.activations.span(place(layer.inputLevel)),
                to: &sum
            )
        }
    }

    /// Computes the gradient of a normalization's shifts, once the activation's is known.
    func shiftGradient(
        of layer: LayerNorm,
        samples: Range<Int>,
        into sum: inout MutableSpan<Float>
    ) {
        sum.fill(0)
        let output = layout.range(
            level: layer.outputLevel,
            samples: samples,
            slot: samples.lowerBound
        )
        addRows(of: memory.gradients.span(output), to: &sum)
    }

    /// Gives the gradients of a normalization's parameters over the whole batch away.
    func takeGradients(of layer: LayerNorm, into sink: GradientSink, worker: Int) {
        sink.take(layer.parameters.weights, worker: worker) { sum, _ in
            scaleGradient(of: layer, samples: 0..<count, into: &sum)
        }
        sink.take(layer.parameters.biases, worker: worker) { sum, _ in
            shiftGradient(of: layer, samples: 0..<count, into: &sum)
        }
    }
}
