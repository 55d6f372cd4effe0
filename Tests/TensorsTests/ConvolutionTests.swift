import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite struct ConvolutionTests {
    @Test(
        "output and gradients agree with the definition over random shapes",
        arguments: Kernels.available,
        0..<80
    )
    func naive(kernels: Kernels, seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        check(Convolution(randomShape(&random), kernels: kernels), &random)
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
            check(Convolution(shape, kernels: kernels), &random)
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

    private func check(_ convolution: Convolution, _ random: inout RandomGenerator) {
        let (shape, kind) = (convolution.shape, convolution.kernels)
        let naive = NaiveConvolution(shape: shape)
        let input = random.floats(shape.inputCount, readBy: kind)
        let weights = random.floats(shape.weightCount, readBy: kind)
        let bias = random.floats(shape.outputChannels)
        let outputGradient = random.floats(shape.outputCount, readBy: kind)
        var scratch = FloatBuffer(copying: random.floats(convolution.scratchCount).span)
        var prepared = FloatBuffer(count: convolution.preparedCount)
        let kernels = prepareForward(convolution, weights)

        var output = FloatBuffer(copying: random.floats(shape.outputCount).span)
        var inputGradient = FloatBuffer(copying: random.floats(shape.inputCount).span)
        var weightGradient = FloatBuffer(copying: random.floats(shape.weightCount).span)
        var biasGradient = FloatBuffer(copying: random.floats(shape.outputChannels).span)
        let rectifies = random.integer(below: 2) == 1
        do {
            var scratch = scratch.mutableSpan
            var target = output.mutableSpan
            convolution.forward(
                input.span,
                weights: weights.span,
                prepared: kernels.span,
                bias: bias.span,
                rectifies: rectifies,
                into: &target,
                scratch: &scratch
            )
            var weightTarget = weightGradient.mutableSpan
            var biasTarget = biasGradient.mutableSpan
            for adds in [false, true] {
                convolution.parameterGradients(
                    input: input.span,
                    outputGradient: outputGradient.span,
                    adding: adds,
                    weightGradient: &weightTarget,
                    biasGradient: &biasTarget,
                    scratch: &scratch
                )
            }
            var preparedTarget = prepared.mutableSpan
            convolution.prepareInputGradient(
                weights: weights.span,
                into: &preparedTarget,
                scratch: &scratch
            )
            var inputTarget = inputGradient.mutableSpan
            convolution.inputGradient(
                outputGradient: outputGradient.span,
                weights: weights.span,
                prepared: preparedTarget.span,
                into: &inputTarget,
                scratch: &scratch
            )
        }
        let expectedOutput = naive.output(input, weights, bias).map { rectifies ? max($0, 0) : $0 }
        #expect(relativeError(output.array, expectedOutput) < 1e-5)
        let twice = naive.weightGradient(input, outputGradient).map { $0 * 2 }
        #expect(relativeError(weightGradient.array, twice) < 1e-5)
        var twiceBias = [Double](repeating: 0, count: shape.outputChannels)
        for (index, value) in outputGradient.enumerated() {
            twiceBias[index % shape.outputChannels] += Double(value) * 2
        }
        #expect(relativeError(biasGradient.array, twiceBias) < 1e-5)
        let expected = naive.inputGradient(weights, outputGradient)
        #expect(relativeError(inputGradient.array, expected) < 1e-5)
    }
}
