/// A two-dimensional convolution over channels-last images, forward and backward.
///
/// A cross-correlation, as every deep-learning library means by "convolution": output = input ∗
/// weights + bias. Images have the shape (height, width, channels), weights (kernelSize, kernelSize,
/// inputChannels, outputChannels).
public struct Convolution: Hashable, Sendable {
    /// The sizes.
    public let shape: ConvolutionShape
    /// What it is computed with.
    public let kernels: Kernels

    /// Creates the convolution; `kernels` must be available.
    ///
    /// Where those for many images do not fit the shape, direct sums in single precision take their
    /// place.
    public init(_ shape: ConvolutionShape, kernels: Kernels = .fastest) {
        precondition(kernels.isAvailable, "this CPU has not what \(kernels) needs")
        self.shape = shape
        self.kernels = shape.fitsFiltering ? kernels : kernels.direct
    }

    /// Floats that each call needs beside its arguments.
    public var scratchCount: Int {
        switch kernels.convolution {
        case .patches: patchCount
        case .direct: paddingScratchCount
        case .filtered: filteringScratchCount
        }
    }

    /// Images that are best computed by one call: several where the weights of a layer, transformed,
    /// are more than a core's cache holds beside other layers'.
    public var imagesAtOnce: Int { isFiltered ? filteredImages : 1 }

    /// Whether some rows of an output can be computed apart from the others, with the same bits.
    public var splitsRows: Bool { kernels.convolution == .direct }

    /// Floats that `prepareForward` fills, once for many images with the same weights.
    public var forwardPreparedCount: Int { isFiltered ? transformedWeightCount : 0 }

    /// Lays the weights out as `forward` reads them.
    ///
    /// - Parameters:
    ///   - weights: The kernels.
    ///   - prepared: `forwardPreparedCount` floats; overwritten.
    public func prepareForward(weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
        precondition(weights.count == shape.weightCount && prepared.count == forwardPreparedCount)
        if isFiltered {
            transformWeights(weights, into: &prepared)
        }
    }

    /// Floats that `prepareInputGradients` fills, once for many images with the same weights.
    public var preparedCount: Int {
        switch kernels.convolution {
        case .patches: 0
        case .direct: shape.weightCount
        case .filtered: transformedWeightCount
        }
    }

    /// Lays the weights out as `inputGradients` reads them.
    ///
    /// - Parameters:
    ///   - weights: The kernels.
    ///   - prepared: `preparedCount` floats; overwritten.
    ///   - scratch: `scratchCount` floats of any content.
    public func prepareInputGradients(
        weights: Span<Float>,
        into prepared: inout MutableSpan<Float>,
        scratch: inout MutableSpan<Float>
    ) {
        precondition(weights.count == shape.weightCount && prepared.count == preparedCount)
        precondition(scratch.count == scratchCount)
        switch kernels.convolution {
        case .patches: break
        case .direct: transposeWeights(weights, into: &prepared)
        case .filtered:
            transposeTransformedWeights(weights, into: &prepared, scratch: &scratch)
        }
    }
}
