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
///
/// - Parameters:
///   - bytes: shape (channels, numbers), four bytes each.
///   - channels: How many planes of numbers follow each other.
///   - floats: shape (numbers, channels); overwritten.
public func readFloats(
    _ bytes: Span<UInt8>,
    channels: Int = 1,
    into floats: inout MutableSpan<Float>
) {
    precondition(bytes.count == floats.count * 4, "\(bytes.count) bytes for \(floats.count) floats")
    precondition(channels > 0 && floats.count.isMultiple(of: channels))
    let count = floats.count / channels
    for channel in 0..<channels {
        for number in 0..<count {
            let start = 4 * (channel * count + number)
            var bits: UInt32 = 0
            for byte in 0..<4 {
                bits |= UInt32(bytes[start + byte]) << (8 * UInt32(byte))
            }
            floats[number * channels + channel] = Float(bitPattern: bits)
        }
    }
}
