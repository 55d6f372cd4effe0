internal import Tensors

/// Turns an observation's bytes into the floats of the first layer.
struct InputStage: Equatable, Sendable {
    let input: NetworkInput
    /// Whether frames become the channels of one image, as convolutions read it.
    let interleavesFrames: Bool

    /// - Parameters:
    ///   - observation: `input.byteCount` bytes, shape (frames, height, width) or (numbers), of pixels
    ///     or singles.
    ///   - floats: shape (height, width, frames) where frames are interleaved; overwritten.
    func read(_ observation: Span<UInt8>, into floats: inout MutableSpan<Float>) {
        let channels = interleavesFrames ? input.shape[0] : 1
        switch input.scalar {
        case .uint8:
            interleave(
                observation,
                channels: channels,
                scaledBy: input.scale,
                into: &floats
            )
        case .float32:
            readFloats(observation, channels: channels, into: &floats)
            if input.scale != 1 {
                scale(&floats, by: input.scale)
            }
        }
    }
}
