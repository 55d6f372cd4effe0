internal import CPNG
internal import CPNGReader

// libpng reports errors by longjmp. What calls it is C, or its simplified interface, which catch the
// jump themselves: none ever crosses a Swift frame.

extension Frame {
    /// What a PNG's pixels are read as.
    public enum PixelKind: Equatable, Sendable {
        /// Gray levels for gray pictures, colours for coloured ones.
        case asStored
        /// Gray levels; colours become their ``Luminance``.
        case gray
        /// Red, green and blue.
        case rgb
    }

    /// Reads a PNG of any kind: 1 to 16 bits, palette, interlaced.
    ///
    /// Gray levels and colours are the stored samples, as OpenCV and Pillow read them: whatever the
    /// file says of gamma and colour profiles is passed over, transparency is dropped, and of 16
    /// bits the high byte is taken. Of an animated PNG the still picture is read.
    /// - Parameters:
    ///   - png: The whole file.
    ///   - kind: What the pixels are read as.
    ///   - pixelLimit: The most pixels that memory is set aside for.
    /// - Throws: ``FrameError`` where the bytes are no such PNG.
    public init(
        png: Span<UInt8>,
        as kind: PixelKind = .asStored,
        pixelLimit: Int = 1 << 24
    ) throws(FrameError) {
        let file = try PNGFile(png)
        let (height, width) = (file.header.height, file.header.width)
        guard height * width <= pixelLimit else {
            throw .tooLarge(height: height, width: width, pixelLimit: pixelLimit)
        }
        try file.checkImageData()
        let stored = try Self.decode(file.essentials(of: png), file.header)
        switch kind {
        case .asStored: self = stored
        case .gray: self = stored.grayscale()
        case .rgb: self = stored.coloured()
        }
    }

    /// The samples as they are stored, by libpng's row-wise interface.
    ///
    /// Its simplified one mixes up the passes of interlaced pictures of 16 bits.
    private static func decode(
        _ file: [UInt8],
        _ header: PNGHeader
    ) throws(FrameError) -> Frame {
        let channels = header.colour.channelCount
        let size = dqn_png_size(height: header.height, width: header.width, channels: channels)
        var pixels = [UInt8](repeating: 0, count: size.height * size.width * size.channels)
        var reason = [CChar](repeating: 0, count: DQN_PNG_REASON_COUNT)
        let isRead = unsafe pixels.withUnsafeMutableBufferPointer { pixels in
            unsafe file.withUnsafeBufferPointer { file in
                unsafe reason.withUnsafeMutableBufferPointer { reason in
                    // Neither buffer is empty: a picture has pixels, a file a signature.
                    guard let target = pixels.baseAddress, let start = file.baseAddress,
                        let words = reason.baseAddress
                    else { return false }
                    return unsafe dqn_png_read(start, file.count, size, target, words)
                }
            }
        }
        guard isRead else {
            let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .damaged(reason: String(decoding: words, as: UTF8.self))
        }
        return Frame(height: size.height, width: size.width, channels: channels, bytes: pixels)
    }

    /// The picture as a PNG of 8 bits a channel, gray or coloured as the frame is.
    ///
    /// - Parameter favorsSpeed: Whether the file may be somewhat larger to be made in a fifth of the
    ///   time.
    /// - Returns: The file.
    public func png(favorsSpeed: Bool = false) -> [UInt8] {
        var image = unsafe png_image()
        unsafe image.version = UInt32(PNG_IMAGE_VERSION)
        unsafe image.width = UInt32(width)
        unsafe image.height = UInt32(height)
        unsafe image.format = channels == 3 ? PNG_FORMAT_RGB : UInt32(PNG_FORMAT_GRAY)
        if favorsSpeed { unsafe image.flags |= UInt32(PNG_IMAGE_FLAG_FAST) }
        return unsafe withUnsafeMutablePointer(to: &image) { image in
            defer { unsafe png_image_free(image) }
            let limit = unsafe Int(cpng_size_limit(image))
            return unsafe [UInt8](unsafeUninitializedCapacity: limit) { file, count in
                var size = png_alloc_size_t(limit)
                let isWritten = unsafe bytes.withUnsafeBytes { pixels in
                    unsafe png_image_write_to_memory(
                        image,
                        file.baseAddress,
                        &size,
                        0,
                        pixels.baseAddress,
                        0,
                        nil
                    ) != 0
                }
                // Into memory that is large enough only a lack of memory can fail.
                precondition(isWritten, "a PNG could not be written")
                count = Int(size)
            }
        }
    }
}
