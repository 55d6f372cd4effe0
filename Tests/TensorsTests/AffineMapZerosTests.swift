import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// Rectified layers pass on many zeros, which our kernels leave out.
@Suite(.timeLimit(.minutes(5))) struct AffineMapZerosTests {
    @Test(
        "whatever is zero, sums are those over all terms in their order, to the bit",
        arguments: Kernels.available.filter { $0.instructions != .openBLAS },
        0..<40
    )
    func sameBits(kernels: Kernels, seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let map = AffineMap(
            inputs: random.integer(in: 1...600),
            outputs: random.integer(in: 1...150),
            kernels: kernels
        )
        let (inputs, outputs) = (map.inputs, map.outputs)
        let count = random.integer(in: 1...110)
        // Whole numbers of a few bits, of which all sums are exact, where numbers are rounded.
        func drawn(_ numbers: [Float]) -> [Float] {
            kernels.isRounded ? numbers.map { ($0 * 9).rounded() } : numbers
        }
        let input = drawn(sparse(count, inputs, &random))
        let slopes = drawn(sparse(count, outputs, &random))
        let weights = drawn(random.floats(inputs * outputs))
        let bias = random.floats(outputs)

        let output = map.output(input, count: count, weights, bias)
        let blocks = (inputs + 255) / 256
        for (row, column) in places(count, outputs, &random) {
            var sum: Float = 0
            for block in 0..<blocks {
                let terms = (block * inputs / blocks)..<((block + 1) * inputs / blocks)
                let part = chain(terms) {
                    (input[row * inputs + $0], weights[$0 * outputs + column])
                }
                sum = block == 0 ? part : sum + part
            }
            #expect(output[row * outputs + column] == sum + bias[column])
        }

        let gradients = backward(map, input, slopes, count, weights)
        for (row, column) in places(inputs, outputs, &random) {
            let sum = chain(0..<count) {
                (input[$0 * inputs + row], slopes[$0 * outputs + column])
            }
            #expect(gradients.weights[row * outputs + column] == sum)
        }
        for (row, column) in places(count, inputs, &random) {
            let sum = chain(0..<outputs) {
                (weights[column * outputs + $0], slopes[row * outputs + $0])
            }
            let isDead = (0..<count).allSatisfy { input[$0 * inputs + column] == 0 }
            let value = gradients.input[row * inputs + column]
            #expect(value == sum || isDead && value == 0)
        }
    }

    @Test("a NaN is no zero", arguments: Kernels.available)
    func notANumber(kernels: Kernels) {
        let map = AffineMap(inputs: 70, outputs: 40, kernels: kernels)
        var input = (0..<(7 * 70)).map { $0 % 2 == 0 ? Float(0.5) : 0 }
        var slopes = [Float](repeating: 0, count: 7 * 40)
        input[3 * 70 + 11] = .nan
        slopes[5 * 40 + 9] = .nan
        let weights = [Float](repeating: 1, count: 70 * 40)
        let output = map.output(input, count: 7, weights, [Float](repeating: 0, count: 40))
        #expect((0..<(7 * 40)).allSatisfy { output[$0].isNaN == ($0 / 40 == 3) })
        let gradients = backward(map, input, slopes, 7, weights, isRectified: false)
        #expect(stride(from: 0, to: 70, by: 2).allSatisfy { gradients.weights[$0 * 40 + 9].isNaN })
        #expect((0..<70).allSatisfy { gradients.input[5 * 70 + $0].isNaN })
    }

    /// ReLU's outputs of some observations: units that pass all, some, or none.
    private func sparse(_ count: Int, _ units: Int, _ random: inout RandomGenerator) -> [Float] {
        let shares = (0..<units).map { _ in [0, 0, 0.5, 1][random.integer(below: 4)] as Float }
        return random.floats(count * units).enumerated().map { index, value in
            random.unitFloat() < shares[index % units] ? abs(value) : 0
        }
    }

    /// Some places of a matrix, its corners among them.
    private func places(
        _ rows: Int,
        _ columns: Int,
        _ random: inout RandomGenerator
    ) -> [(Int, Int)] {
        (0..<200).map { _ in (random.integer(below: rows), random.integer(below: columns)) }
            + [(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)]
    }

    /// One fused multiply-add after the other, from zero.
    private func chain(_ terms: Range<Int>, _ factors: (Int) -> (Float, Float)) -> Float {
        terms.reduce(0) { sum, term in
            let (left, right) = factors(term)
            return sum.addingProduct(left, right)
        }
    }

    private func backward(
        _ map: AffineMap,
        _ input: [Float],
        _ slopes: [Float],
        _ count: Int,
        _ weights: [Float],
        isRectified: Bool = true
    ) -> (weights: [Float], input: [Float]) {
        // What is left zero must be written all the same.
        let weightGradient = [Float](repeating: .nan, count: map.inputs * map.outputs)
        var weightBuffer = FloatBuffer(copying: weightGradient.span)
        var inputBuffer = FloatBuffer(copying: [Float](repeating: .nan, count: input.count).span)
        var prepared = FloatBuffer(count: map.preparedCount(count: count))
        var panels = FloatBuffer(count: map.panelsCount(count: count))
        var scratch = FloatBuffer(count: map.scratchCount(count: count))
        do {
            var preparedTarget = prepared.mutableSpan
            var panelsTarget = panels.mutableSpan
            map.prepareGradient(slopes.span, count: count, into: &preparedTarget)
            map.prepareWeightGradient(slopes.span, count: count, into: &panelsTarget)
            var weightTarget = weightBuffer.mutableSpan
            map.weightGradient(
                input: input.span,
                outputGradient: slopes.span,
                panels: panelsTarget.span,
                count: count,
                rows: 0..<map.inputs,
                into: &weightTarget
            )
            var inputTarget = inputBuffer.mutableSpan
            var scratchTarget = scratch.mutableSpan
            map.inputGradient(
                outputGradient: slopes.span,
                prepared: preparedTarget.span,
                count: count,
                weights: weights.span,
                rectifiedInput: isRectified ? input.span : Span(),
                columns: 0..<map.inputs,
                into: &inputTarget,
                scratch: &scratchTarget
            )
        }
        return (weightBuffer.array, inputBuffer.array)
    }
}
