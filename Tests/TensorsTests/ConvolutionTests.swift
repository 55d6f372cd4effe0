import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite struct ConvolutionTests {
    @Test("output and gradients agree with the definition over random shapes", arguments: 0..<80)
    func naive(seed: UInt64) throws {
        var random = RandomGenerator(seed: seed)
        try check(randomShape(&random), &random)
    }

    @Test("the three convolutions of the Nature network agree with the definition")
    func nature() throws {
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
            try check(shape, &random)
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

    private func check(_ shape: ConvolutionShape, _ random: inout RandomGenerator) throws {
        let naive = NaiveConvolution(shape: shape)
        let input = random.floats(shape.inputCount)
        let weights = random.floats(shape.weightCount)
        let bias = random.floats(shape.outputChannels)
        let outputGradient = random.floats(shape.outputCount)
        var scratch = FloatBuffer(copying: random.floats(shape.scratchCount).span)

        var output = FloatBuffer(copying: random.floats(shape.outputCount).span)
        var inputGradient = FloatBuffer(copying: random.floats(shape.inputCount).span)
        var weightGradient = FloatBuffer(count: shape.weightCount)
        var biasGradient = FloatBuffer(count: shape.outputChannels)
        do {
            var scratch = scratch.mutableSpan
            var target = output.mutableSpan
            convolve(
                input.span,
                weights: weights.span,
                bias: bias.span,
                shape: shape,
                into: &target,
                scratch: &scratch
            )
            var weightTarget = weightGradient.mutableSpan
            var biasTarget = biasGradient.mutableSpan
            for _ in 0..<2 {
                addConvolutionParameterGradients(
                    input: input.span,
                    outputGradient: outputGradient.span,
                    shape: shape,
                    weightGradient: &weightTarget,
                    biasGradient: &biasTarget,
                    scratch: &scratch
                )
            }
            var inputTarget = inputGradient.mutableSpan
            convolutionInputGradient(
                outputGradient: outputGradient.span,
                weights: weights.span,
                shape: shape,
                into: &inputTarget,
                scratch: &scratch
            )
        }
        #expect(relativeError(output.array, naive.output(input, weights, bias)) < 1e-5)
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
