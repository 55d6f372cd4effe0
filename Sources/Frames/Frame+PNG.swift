internal import CPNG

// Only libpng's simplified interface is used: it catches its own longjmp inside C, so that no jump
// ever crosses a Swift frame.

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
    /// Transparent parts are laid over black, 16 bits become 8, and of an animated PNG the still
    /// picture is read.
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
        let outcome = unsafe png.withUnsafeBytes { file in
            unsafe Self.decode(file, as: kind, pixelLimit: pixelLimit)
        }
        switch outcome {
        case .success(let stored): self = kind == .gray ? stored.grayscale() : stored
        case .failure(let error): throw error
        }
    }

    private static func decode(
        _ file: UnsafeRawBufferPointer,
        as kind: PixelKind,
        pixelLimit: Int
    ) -> Result<Frame, FrameError> {
        var image = unsafe png_image()
        unsafe image.version = UInt32(PNG_IMAGE_VERSION)
        // libpng keeps the address of `image` from the first call to the last.
        return unsafe withUnsafeMutablePointer(to: &image) { image in
            defer { unsafe png_image_free(image) }
            guard let start = file.baseAddress else {
                return .failure(.unreadable(reason: "it is empty"))
            }
            guard unsafe png_image_begin_read_from_memory(image, start, file.count) != 0 else {
                return unsafe .failure(.unreadable(reason: message(of: image)))
            }
            let height = unsafe Int(image.pointee.height)
            let width = unsafe Int(image.pointee.width)
            guard height * width <= pixelLimit else {
                return .failure(.tooLarge(height: height, width: width, pixelLimit: pixelLimit))
            }
            let rows = PNGRows(
                unsafe Span(_unsafeBytes: file),
                height: height,
                width: width
            )
            guard !rows.areTooMany else {
                return .failure(
                    .damaged(
                        reason: "\(rows.packedByteCount) bytes of image data are more than "
                            + "\(height)×\(width) pixels can need"
                    )
                )
            }
            let isColoured = unsafe image.pointee.format & PNG_FORMAT_FLAG_COLOR != 0
            let channels = kind == .rgb || isColoured ? 3 : 1
            unsafe image.pointee.format = channels == 3 ? PNG_FORMAT_RGB : UInt32(PNG_FORMAT_GRAY)
            // Without it 16 bits are taken for light, not for gray levels as everybody writes them.
            unsafe image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            var bytes = [UInt8](repeating: 0, count: height * width * channels)
            let isRead = unsafe bytes.withUnsafeMutableBytes { pixels in
                // A row stride of 0 stands for rows without gaps, which `bytes` has room for.
                unsafe png_image_finish_read(image, nil, pixels.baseAddress, 0, nil) != 0
            }
            guard isRead else { return unsafe .failure(.damaged(reason: message(of: image))) }
            return .success(
                Frame(height: height, width: width, channels: channels, bytes: bytes)
            )
        }
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

    private static func message(of image: UnsafeMutablePointer<png_image>) -> String {
        unsafe withUnsafeBytes(of: &image.pointee.message) { text in
            unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
