internal import CKernels

/// How bright a colour is to the eye: 0.299 · red + 0.587 · green + 0.114 · blue (ITU-R BT.601).
///
/// In the fixed point of OpenCV's `RGB2GRAY` (15 bits, rounded), so that the gray levels are the
/// same to the last bit; see FramesTests.
public enum Luminance {
    /// The gray levels of a coloured picture.
    /// - Parameters:
    ///   - rgb: (pixels, 3), row-major.
    ///   - gray: (pixels).
    public static func levels(of rgb: Span<UInt8>, into gray: inout MutableSpan<UInt8>) {
        precondition(
            rgb.count == 3 * gray.count,
            "\(rgb.count) colour bytes do not make \(gray.count) gray levels"
        )
        // Both counts were checked.
        unsafe rgb.withUnsafeBufferPointer { rgb in
            unsafe gray.withUnsafeMutableBufferPointer { gray in
                unsafe dqn_luminance(rgb.baseAddress, gray.count, gray.baseAddress)
            }
        }
    }

    /// The gray levels of the brighter of two coloured pictures, channel by channel.
    ///
    /// The Atari draws some sprites in every other screen only; the maximum of two successive
    /// screens shows them all (Mnih et al. 2015, Methods, "Preprocessing").
    /// - Parameters:
    ///   - newest: (pixels, 3), row-major.
    ///   - previous: The screen before it, (pixels, 3).
    ///   - gray: (pixels).
    public static func levels(
        ofMaximum newest: Span<UInt8>,
        _ previous: Span<UInt8>,
        into gray: inout MutableSpan<UInt8>
    ) {
        precondition(
            newest.count == 3 * gray.count && previous.count == newest.count,
            "\(newest.count) and \(previous.count) colour bytes do not make \(gray.count) gray levels"
        )
        // All counts were checked.
        unsafe newest.withUnsafeBufferPointer { newest in
            unsafe previous.withUnsafeBufferPointer { previous in
                unsafe gray.withUnsafeMutableBufferPointer { gray in
                    unsafe dqn_luminance_of_maximum(
                        newest.baseAddress,
                        previous.baseAddress,
                        gray.count,
                        gray.baseAddress
                    )
                }
            }
        }
    }
}

extension Frame {
    /// The same picture in gray levels; a gray frame is itself.
    public func grayscale() -> Frame {
        guard channels == 3 else { return self }
        var gray = Frame(height: height, width: width, filledWith: .gray(0))
        var levels = gray.bytes.mutableSpan
        Luminance.levels(of: bytes.span, into: &levels)
        return gray
    }

    /// The same picture in colours; of gray levels, three equal ones a pixel.
    func coloured() -> Frame {
        guard channels == 1 else { return self }
        var colours: [UInt8] = []
        colours.reserveCapacity(3 * bytes.count)
        for level in bytes {
            for _ in 0..<3 { colours.append(level) }
        }
        return Frame(height: height, width: width, channels: 3, bytes: colours)
    }

    /// The gray levels of the brighter of two coloured pictures of one size, channel by channel.
    public static func grayscale(ofMaximum newest: Frame, _ previous: Frame) -> Frame {
        precondition(
            newest.width == previous.width && newest.channels == 3 && previous.channels == 3,
            "the maximum is of two coloured pictures of one size"
        )
        var gray = Frame(height: newest.height, width: newest.width, filledWith: .gray(0))
        var levels = gray.bytes.mutableSpan
        Luminance.levels(ofMaximum: newest.bytes.span, previous.bytes.span, into: &levels)
        return gray
    }
}
