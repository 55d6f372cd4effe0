import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct NormalizationTests {
    @Test(
        "outputs agree with the equation, and gradients with finite differences of it",
        arguments: [1, 2, 31, 32, 33, 100, 515]
    )
    func naive(count: Int) {
        var random = RandomGenerator(seed: UInt64(count))
        let (inputs, scales) = (random.floats(count), random.floats(count))
        let (shifts, slopes) = (random.floats(count), random.floats(count))
        var values = inputs
        var outputs = [Float](repeating: 9, count: count)
        var valueSpan = values.mutableSpan
        var outputSpan = outputs.mutableSpan
        let spread = normalize(
            &valueSpan,
            scales: scales.span,
            shifts: shifts.span,
            epsilon: 1e-3,
            rectifies: false,
            into: &outputSpan
        )
        let expected = Self.naive(inputs.map(Double.init), scales, shifts)
        #expect(relativeError(outputs, expected) < 1e-5)
        var gradient = [Float](repeating: 9, count: count)
        var gradientSpan = gradient.mutableSpan
        normalizationGradient(
            of: slopes.span,
            normalized: values.span,
            scales: scales.span,
            spread: spread,
            into: &gradientSpan
        )
        let differences = (0..<count).map { place in
            let sides = [1e-5, -1e-5].map { step in
                var moved = inputs.map(Double.init)
                moved[place] += step
                return zip(Self.naive(moved, scales, shifts), slopes)
                    .reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            return (sides[0] - sides[1]) / 2e-5
        }
        let largest = max(differences.map(abs).max() ?? 0, 1e-3)
        #expect(relativeError(gradient, differences, largest: largest) < 1e-4)
    }

    @Test("negative outputs are cut off where that is asked for, and a NaN stays one")
    func rectified() {
        var values: [Float] = [-3, 1, 5]
        var outputs: [Float] = [9, 9, 9]
        var valueSpan = values.mutableSpan
        var outputSpan = outputs.mutableSpan
        _ = normalize(
            &valueSpan,
            scales: ([1, 1, 1] as [Float]).span,
            shifts: ([0, -0.5, .nan] as [Float]).span,
            epsilon: 0,
            rectifies: true,
            into: &outputSpan
        )
        #expect(outputs[0] == 0 && outputs[1] == 0 && outputs[2].isNaN)
    }

    @Test("products are added number by number")
    func products() {
        var sums: [Float] = [1, 2, 3]
        var span = sums.mutableSpan
        addProducts(
            of: ([2, 3, 4] as [Float]).span,
            and: ([5, 6, 7] as [Float]).span,
            to: &span
        )
        #expect(sums == [11, 20, 31])
    }

    private static func naive(
        _ inputs: [Double],
        _ scales: [Float],
        _ shifts: [Float]
    ) -> [Double] {
        let mean = inputs.reduce(0, +) / Double(inputs.count)
        let variance =
            inputs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(inputs.count)
        return inputs.indices.map {
            (inputs[$0] - mean) / (variance + 1e-3).squareRoot() * Double(scales[$0])
                + Double(shifts[$0])
        }
    }
}
