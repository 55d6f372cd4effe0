import Tensors

extension Layers {
    /// A dense layer's passes over a whole batch.
    func passes(of map: AffineMap) -> [(name: String, measurement: Measurement)] {
        let (inputs, outputs, rows) = (map.inputs, map.outputs, map.paddedCount(batch))
        let input = numbers(rows * inputs, seed: 1)
        var output = numbers(rows * outputs, seed: 2)
        let weights = numbers(inputs * outputs, seed: 3)
        let bias = numbers(outputs, seed: 4)
        // As many rows of the weights as a core's cache holds, as in training.
        let block = min(max(1, map.kernels.gradientBlockFloats / outputs), inputs)
        var weightGradient = FloatBuffer(count: block * outputs)
        var inputGradient = FloatBuffer(count: batch * inputs)
        let prepared = FloatBuffer(count: map.preparedCount(count: batch))
        let panels = FloatBuffer(count: map.panelsCount(count: batch))
        var scratch = FloatBuffer(count: map.scratchCount(count: batch))
        let outputGradients = numbers(batch * outputs, seed: 5)

        let forward = Measurement(seconds: machine.seconds) {
            var target = output.mutableSpan
            map.forward(
                input.span,
                count: batch,
                weights: weights.span,
                bias: bias.span,
                rectifies: true,
                columns: 0..<outputs,
                into: &target
            )
        }
        let gradient = Measurement(seconds: machine.seconds) {
            for first in stride(from: 0, to: inputs, by: block) {
                let rows = first..<min(first + block, inputs)
                let parts = weightGradient.disjointParts
                var target = parts.part(0..<(rows.count * outputs))
                map.weightGradient(
                    input: input.span(0..<(batch * inputs)),
                    outputGradient: outputGradients.span,
                    panels: panels.span,
                    count: batch,
                    rows: rows,
                    into: &target.floats
                )
            }
        }
        let back = Measurement(seconds: machine.seconds) {
            var scratch = scratch.mutableSpan
            var target = inputGradient.mutableSpan
            map.inputGradient(
                outputGradient: outputGradients.span,
                prepared: prepared.span,
                count: batch,
                weights: weights.span,
                columns: 0..<inputs,
                into: &target,
                scratch: &scratch
            )
        }
        return [("forward", forward), ("weight gradient", gradient), ("input gradient", back)]
    }
}
