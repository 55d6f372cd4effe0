import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct AffineMapTests {
    @Test(
        "output and gradients agree with plain loops over random sizes, whole and in parts",
        arguments: Kernels.available,
        0..<60
    )
    func naive(kernels: Kernels, seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let map = AffineMap(
            inputs: random.integer(in: 1...600),
            outputs: random.integer(in: 1...200),
            kernels: kernels
        )
        check(map, count: random.integer(in: 1...70), &random)
    }

    @Test(
        "a row gives the same bits whatever rows it is computed with",
        arguments: Kernels.available,
        [(3136, 512), (512, 4), (4, 256), (77, 130), (1500, 129)]
    )
    func batchesDoNotMatter(kernels: Kernels, sizes: (Int, Int)) {
        let map = AffineMap(inputs: sizes.0, outputs: sizes.1, kernels: kernels)
        var random = RandomGenerator(seed: 5)
        let weights = random.floats(map.inputs * map.outputs)
        let bias = random.floats(map.outputs)
        // As after a rectified layer, where many numbers are zero.
        let input = random.floats(32 * map.inputs).map { max($0, 0) }
        let whole = map.output(input, count: 32, weights, bias, rectifies: false)
        for (first, count) in [(0, 1), (31, 1), (7, 1), (4, 3), (20, 12), (5, 17)] {
            let rows = Array(input[(first * map.inputs)..<((first + count) * map.inputs)])
            let part = map.output(rows, count: count, weights, bias, rectifies: false)
            #expect(
                part == Array(whole[(first * map.outputs)..<((first + count) * map.outputs)]),
                "\(count) rows from \(first)"
            )
        }
    }

    @Test("a single row keeps a NaN and skips nothing but zeros", arguments: Kernels.available)
    func singleRow(kernels: Kernels) {
        let map = AffineMap(inputs: 3, outputs: 130, kernels: kernels)
        let weights = [Float](repeating: 1, count: 3 * 130)
        let bias = [Float](repeating: 0.5, count: 130)
        let sums = map.output([0, 2, -0.25], count: 1, weights, bias, rectifies: true)
        #expect(sums.allSatisfy { $0 == 2.25 })
        let broken = map.output([0, .nan, 1], count: 1, weights, bias, rectifies: true)
        #expect(broken.allSatisfy { $0.isNaN })
    }

    private func check(_ map: AffineMap, count: Int, _ random: inout RandomGenerator) {
        let (inputs, outputs) = (map.inputs, map.outputs)
        let input = random.floats(count * inputs, readBy: map.kernels)
        let weights = random.floats(inputs * outputs, readBy: map.kernels)
        let bias = random.floats(outputs)
        let slopes = random.floats(count * outputs, readBy: map.kernels)
        let naive = NaiveAffineMap(inputs: inputs, outputs: outputs, count: count)

        let rectifies = random.integer(below: 2) == 1
        let expected = naive.output(input, weights, bias).map { rectifies ? max($0, 0) : $0 }
        let output = map.output(input, count: count, weights, bias, rectifies: rectifies)
        #expect(relativeError(output, expected) < 1e-5)

        let cut = random.integer(below: outputs + 1)
        let right = map.output(
            input,
            count: count,
            weights,
            bias,
            rectifies: rectifies,
            columns: cut..<outputs
        )
        let expectedRight = expected.enumerated().map { $0 % outputs < cut ? -7 : $1 }
        #expect(relativeError(right, expectedRight) < 1e-5)

        let rows = random.integer(below: inputs)..<inputs
        var weightGradient = FloatBuffer(count: rows.count * outputs)
        var inputGradient = FloatBuffer(count: count * inputs)
        var prepared = FloatBuffer(count: map.preparedCount(count: count))
        var panels = FloatBuffer(count: map.panelsCount(count: count))
        var scratch = FloatBuffer(count: map.scratchCount(count: count))
        do {
            var preparedTarget = prepared.mutableSpan
            map.prepareGradient(slopes.span, count: count, into: &preparedTarget)
            var panelsTarget = panels.mutableSpan
            map.prepareWeightGradient(slopes.span, count: count, into: &panelsTarget)
            var weightTarget = weightGradient.mutableSpan
            map.weightGradient(
                input: input.span,
                outputGradient: slopes.span,
                panels: panelsTarget.span,
                count: count,
                rows: rows,
                into: &weightTarget
            )
            var scratchSpan = scratch.mutableSpan
            let parts = inputGradient.disjointParts
            var target = parts.columns(rows, of: 0..<parts.count, width: inputs)
            map.inputGradient(
                outputGradient: slopes.span,
                prepared: preparedTarget.span,
                count: count,
                weights: weights.span,
                columns: rows,
                into: &target.floats,
                scratch: &scratchSpan
            )
        }
        let expectedWeights = naive.weightGradient(input, slopes)[(rows.lowerBound * outputs)...]
        #expect(relativeError(weightGradient.array, Array(expectedWeights)) < 1e-5)
        let expectedInputs = naive.inputGradient(weights, slopes).enumerated().map { index, value in
            index % inputs < rows.lowerBound ? 0 : value
        }
        #expect(relativeError(inputGradient.array, expectedInputs) < 1e-5)
    }
}

/// A dense layer as its definition reads, in double precision.
private struct NaiveAffineMap {
    let inputs: Int
    let outputs: Int
    let count: Int

    func output(_ input: [Float], _ weights: [Float], _ bias: [Float]) -> [Double] {
        sum(count, outputs, inputs, start: { _, j in Double(bias[j]) }) { i, j, p in
            Double(input[i * inputs + p]) * Double(weights[p * outputs + j])
        }
    }

    func weightGradient(_ input: [Float], _ slopes: [Float]) -> [Double] {
        sum(inputs, outputs, count) { i, j, p in
            Double(input[p * inputs + i]) * Double(slopes[p * outputs + j])
        }
    }

    func inputGradient(_ weights: [Float], _ slopes: [Float]) -> [Double] {
        sum(count, inputs, outputs) { i, j, p in
            Double(slopes[i * outputs + p]) * Double(weights[j * outputs + p])
        }
    }

    private func sum(
        _ rows: Int,
        _ columns: Int,
        _ terms: Int,
        start: (Int, Int) -> Double = { _, _ in 0 },
        _ term: (Int, Int, Int) -> Double
    ) -> [Double] {
        (0..<(rows * columns)).map { index in
            let (i, j) = (index / columns, index % columns)
            return (0..<terms).reduce(start(i, j)) { $0 + term(i, j, $1) }
        }
    }
}
