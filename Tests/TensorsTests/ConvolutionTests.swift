import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConvolutionTests {
    @Test(
        "output and gradients agree with the definition over random shapes",
        arguments: Kernels.available,
        0..<80
    )
    func naive(kernels: Kernels, seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let count = random.integer(in: 1...3)
        check(Convolution(randomShape(&random), kernels: kernels), count: count, &random)
    }

    @Test(
        "so they do over random shapes that minimal filtering computes",
        arguments: Kernels.available,
        0..<60
    )
    func filtered(kernels: Kernels, seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let convolution = Convolution(randomFilteredShape(&random), kernels: kernels)
        #expect(convolution.kernels == kernels)
        check(convolution, count: random.integer(in: 1...7), &random)
    }

    @Test(
        "the three convolutions of the Nature network agree with the definition",
        arguments: Kernels.available
    )
    func nature(kernels: Kernels) throws {
        var random = RandomGenerator(seed: 1)
        for (size, channels, filters, kernel, stride) in [
            (84, 4, 32, 8, 4), (20, 32, 64, 4, 2), (9, 64, 64, 3, 1),
        ] {
            let shape = try #require(
                ConvolutionShape(
                    inputHeight: size,
                    inputWidth: size,
                    inputChannels: channels,
                    outputChannels: filters,
                    kernelSize: kernel,
                    stride: stride
                )
            )
            check(Convolution(shape, kernels: kernels), count: 5, &random)
        }
    }

    @Test("a kernel larger than the padded image has no shape")
    func tooLarge() {
        let shape = ConvolutionShape(
            inputHeight: 5,
            inputWidth: 9,
            inputChannels: 1,
            outputChannels: 1,
            kernelSize: 8,
            stride: 1,
            padding: 1
        )
        #expect(shape == nil)
    }

    private func randomShape(_ random: inout RandomGenerator) -> ConvolutionShape {
        while true {
            let kernel = random.integer(in: 1...8)
            if let shape = ConvolutionShape(
                inputHeight: random.integer(in: 1...16),
                inputWidth: random.integer(in: 1...16),
                inputChannels: random.integer(in: 1...9),
                outputChannels: random.integer(in: 1...37),
                kernelSize: kernel,
                stride: random.integer(in: 1...5),
                padding: random.integer(below: min(kernel, 3))
            ) {
                return shape
            }
        }
    }

    /// A kernel of two or three strides, over squares of pixels whose rows have 16, 32 or 48 numbers.
    private func randomFilteredShape(_ random: inout RandomGenerator) -> ConvolutionShape {
        while true {
            let stride = [1, 2, 4][random.integer(below: 3)]
            let kernel = stride * random.integer(in: 2...3)
            if let shape = ConvolutionShape(
                inputHeight: random.integer(in: kernel...(kernel + 11 * stride)),
                inputWidth: random.integer(in: kernel...(kernel + 11 * stride)),
                inputChannels: 16 / stride * random.integer(in: 1...3),
                outputChannels: 16 * random.integer(in: 1...3),
                kernelSize: kernel,
                stride: stride
            ) {
                return shape
            }
        }
    }

    @Test(
        "an image gives the same bits however many are computed with it",
        arguments: Kernels.available
    )
    func imagesDoNotMatter(kernels: Kernels) throws {
        var random = RandomGenerator(seed: 3)
        let shape = randomFilteredShape(&random)
        let convolution = Convolution(shape, kernels: kernels)
        let inputs = random.floats(7 * shape.inputCount)
        let weights = random.floats(shape.weightCount)
        let bias = random.floats(shape.outputChannels)
        var scratch = FloatBuffer(count: convolution.scratchCount)
        let prepared = prepareForward(convolution, weights)
        func outputs(_ images: Range<Int>) -> [Float] {
            let first = images.lowerBound * shape.inputCount
            var outputs = FloatBuffer(count: images.count * shape.outputCount)
            var target = outputs.mutableSpan
            var scratchSpan = scratch.mutableSpan
            convolution.forward(
                inputs.span.extracting(first..<(first + images.count * shape.inputCount)),
                count: images.count,
                weights: weights.span,
                prepared: prepared.span,
                bias: bias.span,
                rectifies: false,
                into: &target,
                scratch: &scratchSpan
            )
            return outputs.array
        }
        #expect(outputs(0..<7) == (0..<7).flatMap { outputs($0..<($0 + 1)) })
    }

    @Test(
        "rows of an output give the same bits computed apart",
        arguments: Kernels.available,
        0..<20
    )
    func rows(kind: Kernels, seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let shape = randomShape(&random)
        let convolution = Convolution(shape, kernels: kind)
        guard convolution.splitsRows else { return }
        let input = random.floats(shape.inputCount)
        let weights = random.floats(shape.weightCount)
        let bias = random.floats(shape.outputChannels)
        var scratch = FloatBuffer(count: convolution.scratchCount)
        let kernels = prepareForward(convolution, weights)
        func output(_ rows: Range<Int>) -> [Float] {
            let rowLength = shape.outputWidth * shape.outputChannels
            var output = FloatBuffer(count: rows.count * rowLength)
            var target = output.mutableSpan
            var scratchSpan = scratch.mutableSpan
            convolution.forward(
                input.span,
                count: 1,
                weights: weights.span,
                prepared: kernels.span,
                bias: bias.span,
                rectifies: true,
                rows: rows,
                into: &target,
                scratch: &scratchSpan
            )
            return output.array
        }
        let parts = (0..<shape.outputHeight).flatMap { output($0..<($0 + 1)) }
        #expect(parts == output(0..<shape.outputHeight))
    }

    private func prepareForward(_ convolution: Convolution, _ weights: [Float]) -> FloatBuffer {
        var prepared = FloatBuffer(count: convolution.forwardPreparedCount)
        var target = prepared.mutableSpan
        convolution.prepareForward(weights: weights.span, into: &target)
        return prepared
    }

    /// Weights that once they are transformed have no more than 8 bits, as -1, 0 and 1 have that they meet:
    /// the points of tiles divide by 9 in each direction, where kernels are three strides by 15.
    private func roundedWeights(
        _ shape: ConvolutionShape,
        _ random: inout RandomGenerator
    ) -> [Float] {
        var weights = (0..<shape.weightCount)
            .map { _ in Float(81 * (random.integer(below: 3) - 1)) }
        guard shape.kernelSize == 3 * shape.stride else { return weights }
        // One of the nine that belong together.
        let stride = shape.stride
        let channels = shape.inputChannels * shape.outputChannels
        for index in weights.indices {
            let (pixel, channel) = index.quotientAndRemainder(dividingBy: channels)
            let (row, column) = pixel.quotientAndRemainder(dividingBy: shape.kernelSize)
            let place = row % stride * stride + column % stride
            let tap = row / stride * 3 + column / stride
            weights[index] = (place + channel) % 9 == tap ? 225 : 0
        }
        return weights
    }

    private func check(
        _ convolution: Convolution,
        count: Int,
        _ random: inout RandomGenerator
    ) {
        let (shape, kind) = (convolution.shape, convolution.kernels)
        let naive = NaiveConvolution(shape: shape)
        func numbers(_ count: Int) -> [Float] {
            let drawn = random.floats(count)
            return kind.isRounded ? drawn.map { ($0 * 1.5).rounded() } : drawn
        }
        let inputs = numbers(count * shape.inputCount)
        let weights =
            kind.isRounded
            ? roundedWeights(shape, &random) : random.floats(shape.weightCount)
        let bias = random.floats(shape.outputChannels)
        // Filters that nothing passed give no gradient.
        let passes = (0..<shape.outputChannels).map { _ in random.integer(below: 3) > 0 }
        let outputGradients = numbers(count * shape.outputCount).enumerated()
            .map { passes[$0 % shape.outputChannels] ? $1 : 0 }
        var scratch = FloatBuffer(copying: random.floats(convolution.scratchCount).span)
        var prepared = FloatBuffer(count: convolution.preparedCount)
        let kernels = prepareForward(convolution, weights)

        var outputs = FloatBuffer(copying: random.floats(count * shape.outputCount).span)
        var inputGradients = FloatBuffer(copying: random.floats(count * shape.inputCount).span)
        var weightGradient = FloatBuffer(copying: random.floats(shape.weightCount).span)
        var biasGradient = FloatBuffer(copying: random.floats(shape.outputChannels).span)
        let rectifies = random.integer(below: 2) == 1
        do {
            var scratch = scratch.mutableSpan
            var target = outputs.mutableSpan
            convolution.forward(
                inputs.span,
                count: count,
                weights: weights.span,
                prepared: kernels.span,
                bias: bias.span,
                rectifies: rectifies,
                into: &target,
                scratch: &scratch
            )
            var weightTarget = weightGradient.mutableSpan
            var biasTarget = biasGradient.mutableSpan
            convolution.parameterGradients(
                inputs: inputs.span,
                outputGradients: outputGradients.span,
                count: count,
                weightGradient: &weightTarget,
                biasGradient: &biasTarget,
                scratch: &scratch
            )
            var preparedTarget = prepared.mutableSpan
            convolution.prepareInputGradients(
                weights: weights.span,
                into: &preparedTarget,
                scratch: &scratch
            )
            var inputTarget = inputGradients.mutableSpan
            convolution.inputGradients(
                outputGradients: outputGradients.span,
                count: count,
                weights: weights.span,
                prepared: preparedTarget.span,
                into: &inputTarget,
                scratch: &scratch
            )
        }
        func images(_ numbers: [Float], _ length: Int) -> [[Float]] {
            (0..<count).map { Array(numbers[($0 * length)..<(($0 + 1) * length)]) }
        }
        let pairs = Array(
            zip(images(inputs, shape.inputCount), images(outputGradients, shape.outputCount))
        )
        let expectedOutputs = pairs.flatMap { naive.output($0.0, weights, bias) }
            .map { rectifies ? max($0, 0) : $0 }
        #expect(relativeError(outputs.array, expectedOutputs) < 1e-5)
        var expectedWeights = [Double](repeating: 0, count: shape.weightCount)
        for (input, gradient) in pairs {
            for (index, value) in naive.weightGradient(input, gradient).enumerated() {
                expectedWeights[index] += value
            }
        }
        #expect(relativeError(weightGradient.array, expectedWeights) < 1e-5)
        var expectedBias = [Double](repeating: 0, count: shape.outputChannels)
        for (index, value) in outputGradients.enumerated() {
            expectedBias[index % shape.outputChannels] += Double(value)
        }
        #expect(relativeError(biasGradient.array, expectedBias) < 1e-5)
        let expectedInputs = pairs.flatMap { naive.inputGradient(weights, $0.1) }
        #expect(relativeError(inputGradients.array, expectedInputs) < 1e-5)
    }
}
