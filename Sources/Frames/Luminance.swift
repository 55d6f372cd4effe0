/// How bright a colour is to the eye: 0.299 · red + 0.587 · green + 0.114 · blue (ITU-R BT.601).
///
/// In the fixed point of OpenCV's `RGB2GRAY` (15 bits, rounded), so that the gray levels are the
/// same to the last bit; see FramesTests.
public enum Luminance {
    /// The gray level of one colour.
    @inline(__always)
    public static func level(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        let weighted = 9798 * UInt32(red) + 19235 * UInt32(green) + 3735 * UInt32(blue)
        return UInt8(truncatingIfNeeded: (weighted + (1 << 14)) >> 15)
    }

    /// The gray levels of a coloured picture.
    /// - Parameters:
    ///   - rgb: (pixels, 3), row-major.
    ///   - gray: (pixels).
    public static func levels(of rgb: Span<UInt8>, into gray: inout MutableSpan<UInt8>) {
        precondition(
            rgb.count == 3 * gray.count,
            "\(rgb.count) colour bytes do not make \(gray.count) gray levels"
        )
        unsafe writeLevels(of: rgb, count: gray.count, into: &gray, at: 0)
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
        // The maximum of a block of bytes at once is a vector instruction; over single pixels, with
        // their weights, it is not: in two passes the whole takes a third of the time.
        let block = 512
        var brighter = [UInt8](repeating: 0, count: 3 * block)
        for start in stride(from: 0, to: gray.count, by: block) {
            let end = min(start + block, gray.count)
            let colours = 3 * start..<3 * end
            let one = newest.extracting(colours)
            let other = previous.extracting(colours)
            var maxima = brighter.mutableSpan
            for index in 0..<one.count {
                // All three hold at least one.count bytes.
                unsafe maxima[unchecked: index] = max(
                    one[unchecked: index],
                    other[unchecked: index]
                )
            }
            unsafe writeLevels(of: brighter.span, count: end - start, into: &gray, at: start)
        }
    }

    /// The caller answers for 3 · count colour bytes and for count gray levels from `start` on.
    @unsafe private static func writeLevels(
        of rgb: Span<UInt8>,
        count: Int,
        into gray: inout MutableSpan<UInt8>,
        at start: Int
    ) {
        for pixel in 0..<count {
            unsafe gray[unchecked: start &+ pixel] = level(
                red: rgb[unchecked: 3 &* pixel],
                green: rgb[unchecked: 3 &* pixel &+ 1],
                blue: rgb[unchecked: 3 &* pixel &+ 2]
            )
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
