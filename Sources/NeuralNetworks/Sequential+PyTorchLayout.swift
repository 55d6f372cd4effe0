public import Tensors

/// The border between our layout and PyTorch's.
///
/// Inside, images are channels-last, kernels (height, width, inputs, outputs) and dense weights
/// (inputs, outputs). PyTorch has (outputs, inputs, height, width) and (outputs, inputs), and
/// flattens an image as (channels, height, width).
extension Sequential {
    /// The parameters with PyTorch's names and shapes, such as `conv1.weight` (32, 4, 8, 8).
    public func pyTorchTensors(of parameters: Span<Float>) -> [NamedTensor] {
        precondition(parameters.count == parameterCount)
        return pyTorchPlaces.flatMap { place in
            let (layer, shape) = (place.layer, pyTorchShape(of: place.layer))
            let start = layer.weights.lowerBound + place.distance
            var weights = [Float](repeating: 0, count: layer.weights.count)
            var span = weights.mutableSpan
            forEachWeight(of: layer) { ours, theirs in
                span[theirs] = parameters[start + ours]
            }
            return [
                NamedTensor(name: place.weightName, shape: shape, values: weights),
                NamedTensor(
                    name: place.biasName,
                    shape: pyTorchBiasShape(of: layer),
                    values: pyTorchBiases(of: place, parameters)
                ),
            ]
        }
    }

    /// The block of parameters that `tensors` stand for: the reverse of `pyTorchTensors`.
    /// - Throws: `NetworkError.tensor` for one that is missing, unknown or of another shape, with the
    ///   names and shapes that the network has.
    public func parameters(fromPyTorch tensors: [NamedTensor]) throws(NetworkError) -> FloatBuffer {
        try requireOwn(tensors)
        var remaining = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        // All are looked at before a network that somebody else described gets any memory.
        var values: [(weights: [Float], biases: [Float])] = []
        for place in pyTorchPlaces {
            let weights = try take(
                place.weightName,
                shape: pyTorchShape(of: place.layer),
                from: &remaining
            )
            let biases = try take(
                place.biasName,
                shape: pyTorchBiasShape(of: place.layer),
                from: &remaining
            )
            values.append((weights, biases))
        }
        if let name = remaining.keys.min() {
            throw .tensor(name: name, "the network has no such parameter")
        }
        var block = try FloatBuffer.allocating(parameterCount, for: "parameters")
        var parameters = block.mutableSpan
        for (place, (weights, biases)) in zip(pyTorchPlaces, values) {
            let layer = place.layer
            forEachWeight(of: layer) { ours, theirs in
                parameters[layer.weights.lowerBound + place.distance + ours] = weights[theirs]
            }
            let (pixels, channels) = imageAfter(layer)
            for (index, bias) in layer.biases.enumerated() {
                parameters[bias + place.distance] =
                    biases[index % channels * pixels + index / channels]
            }
        }
        return block
    }

    private func take(
        _ name: String,
        shape: [Int],
        from tensors: inout [String: NamedTensor]
    ) throws(NetworkError) -> [Float] {
        guard let tensor = tensors.removeValue(forKey: name) else {
            throw .tensor(name: name, "is missing")
        }
        guard tensor.shape == shape else {
            throw .tensor(name: name, "has shape \(tensor.shape), expected \(shape)")
        }
        return tensor.values
    }

    func pyTorchShape(of layer: LayerParameters) -> [Int] {
        let shape = layer.weightShape
        if layer.isNormalization {
            return shape.count == 3 ? [shape[2], shape[0], shape[1]] : shape
        }
        return shape.count == 4
            ? [shape[3], shape[2], shape[0], shape[1]] : [shape[1], shape[0]]
    }

    func pyTorchBiasShape(of layer: LayerParameters) -> [Int] {
        layer.isNormalization ? pyTorchShape(of: layer) : [layer.outputCount]
    }

    /// Visits every weight of a layer: its place among ours, and in PyTorch's tensor.
    ///
    /// Those of a normalized image are visited pixel by pixel; its biases lie alike.
    ///
    /// One layout is nearly the other's transpose. Squares of it are visited one after the other,
    /// because a walk along the rows of either misses the cache at every step in the other.
    @inline(__always)
    private func forEachWeight(
        of layer: LayerParameters,
        _ visit: (_ ours: Int, _ theirs: Int) -> Void
    ) {
        if layer.isNormalization {
            let (pixels, channels) = imageAfter(layer)
            for place in 0..<layer.outputCount {
                visit(place, place % channels * pixels + place / channels)
            }
            return
        }
        let (inputs, outputs) = (layer.fanIn, layer.outputCount)
        let (pixels, channels) = imageBefore(layer)
        let (outputPixels, outputChannels) = imageAfter(layer)
        let side = 32
        for firstInput in stride(from: 0, to: inputs, by: side) {
            for firstOutput in stride(from: 0, to: outputs, by: side) {
                for input in firstInput..<min(firstInput + side, inputs) {
                    // (pixel, channel) here is (channel, pixel) there.
                    let theirInput = input % channels * pixels + input / channels
                    for output in firstOutput..<min(firstOutput + side, outputs) {
                        let theirOutput =
                            output % outputChannels * outputPixels + output / outputChannels
                        visit(input * outputs + output, theirOutput * inputs + theirInput)
                    }
                }
            }
        }
    }

    /// The pixels and channels that a layer's weights run over: the kernel's of a convolution, those
    /// of the last image for the dense layer that flattens it, one channel for any other.
    private func imageBefore(_ layer: LayerParameters) -> (pixels: Int, channels: Int) {
        if layer.weightShape.count == 4 {
            return (layer.weightShape[0] * layer.weightShape[1], layer.weightShape[2])
        }
        if let last = convolutions.last, case let image = last.shape,
            denses.contains(where: {
                $0.parameters == layer
                    && ($0.inputLevel == last.lastLevel
                        || $0.inputLevel == embedding?.productLevel)
            })
        {
            return (image.positionCount, image.outputChannels)
        }
        return (layer.fanIn, 1)
    }

    /// The pixels and channels that a layer's outputs run over: those of the last image for the embedding
    /// of fractions, which is multiplied with it, and for what normalizes an image; one pixel for any other.
    private func imageAfter(_ layer: LayerParameters) -> (pixels: Int, channels: Int) {
        if let image = convolutions.last?.shape, let embedding,
            denses[embedding.dense].parameters == layer
        {
            return (image.positionCount, image.outputChannels)
        }
        if layer.isNormalization, layer.weightShape.count == 3 {
            return (layer.weightShape[0] * layer.weightShape[1], layer.weightShape[2])
        }
        return (1, layer.outputCount)
    }

    private func pyTorchBiases(of place: PyTorchPlace, _ parameters: Span<Float>) -> [Float] {
        let layer = place.layer
        let (pixels, channels) = imageAfter(layer)
        var biases = [Float](repeating: 0, count: layer.outputCount)
        for (index, bias) in layer.biases.enumerated() {
            biases[index % channels * pixels + index / channels] = parameters[bias + place.distance]
        }
        return biases
    }
}
