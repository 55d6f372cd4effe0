import Tensors

extension Layers {
    /// A dense layer's passes over a whole batch.
    func passes(of map: AffineMap) -> [(name: String, measurement: Measurement)] {
        let (inputs, outputs, rows) = (map.inputs, map.outputs, map.paddedCount(batch))
        let input = numbers(rows * inputs, seed: 1)
        let output = numbers(rows * outputs, seed: 2)
        let weights = numbers(inputs * outputs, seed: 3)
        let bias = numbers(outputs, seed: 4)
        // As many rows of the weights as a core's cache holds, as in training.
        let block = min(max(1, 8_192 / outputs), inputs)
        let weightGradient = FloatBuffer(count: block * outputs)
        let inputGradient = FloatBuffer(count: batch * inputs)
        let prepared = FloatBuffer(count: map.preparedCount(count: batch))
        let panels = FloatBuffer(count: map.panelsCount(count: batch))
        let scratch = FloatBuffer(count: map.scratchCount(count: batch))
        let outputGradient = output.span(0..<(batch * outputs))

        let forward = Measurement(seconds: machine.seconds) {
            unsafe output.withUnsafeMutableSpan(0..<(rows * outputs)) { target in
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
        }
        let gradient = Measurement(seconds: machine.seconds) {
            for first in stride(from: 0, to: inputs, by: block) {
                let rows = first..<min(first + block, inputs)
                let count = rows.count * outputs
                unsafe weightGradient.withUnsafeMutableSpan(0..<count) { target in
                    map.weightGradient(
                        input: input.span(0..<(batch * inputs)),
                        outputGradient: outputGradient,
                        panels: panels.span,
                        count: batch,
                        rows: rows,
                        into: &target
                    )
                }
            }
        }
        let back = Measurement(seconds: machine.seconds) {
            unsafe scratch.withUnsafeMutableSpan(0..<scratch.count) { scratch in
                unsafe inputGradient.withUnsafeMutableSpan(0..<(batch * inputs)) { target in
                    map.inputGradient(
                        outputGradient: outputGradient,
                        prepared: prepared.span,
                        count: batch,
                        weights: weights.span,
                        columns: 0..<inputs,
                        into: &target,
                        scratch: &scratch
                    )
                }
            }
        }
        return [("forward", forward), ("weight gradient", gradient), ("input gradient", back)]
    }
}
