import Tensors

/// The convolution as its definition reads, in double precision: what the fast one is held against.
struct NaiveConvolution {
    let shape: ConvolutionShape

    func output(_ input: [Float], _ weights: [Float], _ bias: [Float]) -> [Double] {
        var output = [Double](repeating: 0, count: shape.outputCount)
        for position in 0..<shape.positionCount {
            for channel in 0..<shape.outputChannels {
                output[position * shape.outputChannels + channel] = Double(bias[channel])
            }
        }
        forEachProduct { input_, weight, output_ in
            output[output_] += Double(input[input_]) * Double(weights[weight])
        }
        return output
    }

    func weightGradient(_ input: [Float], _ outputGradient: [Float]) -> [Double] {
        var gradient = [Double](repeating: 0, count: shape.weightCount)
        forEachProduct { input_, weight, output in
            gradient[weight] += Double(input[input_]) * Double(outputGradient[output])
        }
        return gradient
    }

    func inputGradient(_ weights: [Float], _ outputGradient: [Float]) -> [Double] {
        var gradient = [Double](repeating: 0, count: shape.inputCount)
        forEachProduct { input, weight, output in
            gradient[input] += Double(weights[weight]) * Double(outputGradient[output])
        }
        return gradient
    }

    /// Every product of the sum: the indices of the input, the weight and the output it joins.
    private func forEachProduct(_ visit: (Int, Int, Int) -> Void) {
        let size = shape.kernelSize
        for outputRow in 0..<shape.outputHeight {
            for outputColumn in 0..<shape.outputWidth {
                for kernelRow in 0..<size {
                    for kernelColumn in 0..<size {
                        let row = outputRow * shape.stride - shape.padding + kernelRow
                        let column = outputColumn * shape.stride - shape.padding + kernelColumn
                        guard (0..<shape.inputHeight).contains(row),
                            (0..<shape.inputWidth).contains(column)
                        else { continue }
                        for inputChannel in 0..<shape.inputChannels {
                            let input =
                                (row * shape.inputWidth + column) * shape.inputChannels
                                + inputChannel
                            let patch =
                                (kernelRow * size + kernelColumn) * shape.inputChannels
                                + inputChannel
                            for channel in 0..<shape.outputChannels {
                                visit(
                                    input,
                                    patch * shape.outputChannels + channel,
                                    (outputRow * shape.outputWidth + outputColumn)
                                        * shape.outputChannels + channel
                                )
                            }
                        }
                    }
                }
            }
        }
    }
}
