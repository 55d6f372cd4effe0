internal import BackgroundQueues
internal import Tensors

/// The convolutions' weights, laid out as their kernels read them forward.
extension Sequential {
    /// Where each convolution's weights lie.
    static func packedWeights(_ convolutions: [Conv2D]) -> [Range<Int>] {
        var places = CacheLines()
        return convolutions.map { places.reserve($0.convolution.forwardPreparedCount) }
    }

    /// Floats of all of them.
    var packedWeightCount: Int { packedWeights.last?.upperBound ?? 0 }

    /// Lays the weights out, once for a whole batch, where the kernels want it.
    func packWeights(_ parameters: Span<Float>, into packed: DisjointFloats, pool: ComputePool) {
        guard packedWeightCount > 0 else { return }
        pool.forEach(convolutions.count) { level, _ in
            let layer = convolutions[level]
            var target = packed.part(packedWeights[level])
            layer.convolution.prepareForward(
                weights: parameters.extracting(layer.parameters.weights),
                into: &target.floats
            )
        }
    }
}
