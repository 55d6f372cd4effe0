import RandomNumbers
import Tensors
import Testing

/// Each rule as it is written down, a number at a time, against the one that steps many at once.
@Suite(.timeLimit(.minutes(5))) struct ParameterUpdateTests {
    private static let counts = [1, 2, 15, 16, 17, 100, 1003]

    @Test("the paper's RMSProp steps as written, to the bit", arguments: counts)
    func rmspropNature(count: Int) {
        var block = Block(count: count)
        var expected = block
        for i in 0..<count {
            let slope = block.gradient[i] * 0.5
            let mean = 0.9 * block.mean[i] + (1 - 0.9) * slope
            let square = 0.95 * block.square[i] + (1 - 0.95) * slope * slope
            expected.mean[i] = mean
            expected.square[i] = square
            expected.parameters[i] -= 0.1 * slope / (square - mean * mean + 0.01).squareRoot()
        }
        block.update { parameters, gradient, mean, square, _ in
            updateByRMSPropNature(
                &parameters,
                gradient: gradient,
                gradientScale: 0.5,
                meanGradient: &mean,
                meanSquare: &square,
                learningRate: 0.1,
                gradientMomentum: 0.9,
                squaredGradientMomentum: 0.95,
                minSquaredGradient: 0.01
            )
        }
        #expect(block == expected)
    }

    @Test("RMSProp steps as written, to the bit", arguments: counts, [0, 0.05] as [Float])
    func rmsprop(count: Int, meanStep: Float) {
        var block = Block(count: count)
        var expected = block
        for i in 0..<count {
            let slope = block.gradient[i] * 0.5
            let mean = block.mean[i] + meanStep * (slope - block.mean[i])
            let square = 0.95 * block.square[i] + (1 - 0.95) * slope * slope
            let width = max(square - mean * mean, 0).squareRoot() + 0.02
            expected.mean[i] = mean
            expected.square[i] = square
            expected.velocity[i] = 0.3 * block.velocity[i] + slope / width
            expected.parameters[i] -= 0.1 * expected.velocity[i]
        }
        block.update { parameters, gradient, mean, square, velocity in
            updateByRMSProp(
                &parameters,
                gradient: gradient,
                gradientScale: 0.5,
                meanGradient: &mean,
                meanSquare: &square,
                velocity: &velocity,
                learningRate: 0.1,
                squaredGradientDecay: 0.95,
                meanStep: meanStep,
                epsilon: 0.02,
                momentum: 0.3
            )
        }
        #expect(block == expected)
    }

    @Test("Adam steps as written, to the bit", arguments: counts)
    func adam(count: Int) {
        var block = Block(count: count)
        var expected = block
        for i in 0..<count {
            let slope = block.gradient[i] * 0.5
            let mean = 0.9 * block.mean[i] + (1 - 0.9) * slope
            let square = 0.999 * block.square[i] + (1 - 0.999) * slope * slope
            expected.mean[i] = mean
            expected.square[i] = square
            expected.parameters[i] -= 0.1 * mean / (square.squareRoot() * 1.5 + 1e-4)
        }
        block.update { parameters, gradient, mean, square, _ in
            updateByAdam(
                &parameters,
                gradient: gradient,
                gradientScale: 0.5,
                meanGradient: &mean,
                meanSquare: &square,
                rate: 0.1,
                spread: 1.5,
                firstMomentDecay: 0.9,
                secondMomentDecay: 0.999,
                epsilon: 1e-4
            )
        }
        #expect(block == expected)
    }
}

/// Some parameters with their gradient and moments.
private struct Block: Equatable {
    var parameters: [Float]
    var gradient: [Float]
    var mean: [Float]
    var square: [Float]
    var velocity: [Float]

    init(count: Int) {
        var random = RandomGenerator(seed: UInt64(count))
        func draw() -> [Float] { (0..<count).map { _ in random.unitFloat() * 2 - 1 } }
        parameters = draw()
        gradient = draw()
        mean = draw()
        square = draw().map { $0 * $0 + 1 }
        velocity = draw()
    }

    mutating func update(
        _ body: (
            inout MutableSpan<Float>, Span<Float>, inout MutableSpan<Float>,
            inout MutableSpan<Float>, inout MutableSpan<Float>
        ) -> Void
    ) {
        var (parameters, mean) = (self.parameters, self.mean)
        var (square, velocity) = (self.square, self.velocity)
        do {
            var parametersSpan = parameters.mutableSpan
            var meanSpan = mean.mutableSpan
            var squareSpan = square.mutableSpan
            var velocitySpan = velocity.mutableSpan
            body(&parametersSpan, gradient.span, &meanSpan, &squareSpan, &velocitySpan)
        }
        (self.parameters, self.mean) = (parameters, mean)
        (self.square, self.velocity) = (square, velocity)
    }
}
