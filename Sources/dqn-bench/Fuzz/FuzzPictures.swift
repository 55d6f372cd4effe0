// Built together with the sources of Frames as one module; see fuzz.sh.

/// The input with every chunk's checksum made right, so that more than the checksums is tried.
private func mended(_ input: [UInt8]) -> [UInt8] {
    var file = Array(input.prefix(PNGHeader.signature.count))
    var rest = input.dropFirst(PNGHeader.signature.count)
    while rest.count >= 12 {
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= rest.count - 12 else { break }
        let named = rest.dropFirst(4).prefix(4 + length)
        let kind = String(decoding: named.prefix(4), as: UTF8.self)
        file += PNGChunk(kind: kind, content: Array(named.dropFirst(4))).bytes
        rest = rest.dropFirst(12 + length)
    }
    return file + rest
}

/// Reads the input as a picture, as it is and with right checksums, and writes what was read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPictures(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    for file in [input, mended(input)] {
        for kind in [Frame.PixelKind.asStored, .gray, .rgb] {
            guard let frame = try? Frame(png: file.span, as: kind, pixelLimit: 1 << 16) else {
                continue
            }
            precondition(frame.bytes.count == frame.height * frame.width * frame.channels)
            precondition((try? Frame(png: frame.png().span)) == frame, "it is not read as written")
        }
    }
    return 0
}
