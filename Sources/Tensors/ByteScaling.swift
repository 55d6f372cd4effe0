internal import CKernels

/// Turns frames that follow each other into one channels-last image of scaled floats.
///
/// - Parameters:
///   - planes: shape (channels, pixels): a whole frame, then the next.
///   - channels: How many frames.
///   - factor: What every byte is multiplied by: 1/255 for pixels.
///   - image: shape (pixels, channels); overwritten.
public func interleave(
    _ planes: Span<UInt8>,
    channels: Int,
    scaledBy factor: Float,
    into image: inout MutableSpan<Float>
) {
    precondition(channels > 0)
    precondition(planes.count == image.count && planes.count.isMultiple(of: channels))
    unsafe planes.withUnsafeBufferPointer { planes in
        unsafe dqn_interleave(
            planes.baseAddress,
            channels,
            planes.count / channels,
            factor,
            image.address
        )
    }
}

/// Turns bytes into scaled floats, keeping their order.
public func convert(
    _ bytes: Span<UInt8>,
    scaledBy factor: Float,
    into floats: inout MutableSpan<Float>
) {
    interleave(bytes, channels: 1, scaledBy: factor, into: &floats)
}

/// Reads little-endian floats, as observations that are no pixels carry them.
public func readFloats(_ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    precondition(bytes.count == floats.count * 4, "\(bytes.count) bytes for \(floats.count) floats")
    for index in floats.indices {
        var bits: UInt32 = 0
        for byte in 0..<4 {
            bits |= UInt32(bytes[index * 4 + byte]) << (8 * UInt32(byte))
        }
        floats[index] = Float(bitPattern: bits)
    }
}
