/// How much the rows of a PNG are, packed and not, read from its chunks alone.
///
/// libpng unpacks all that is there, also what lies behind the last row: 200 KB of zeros packed to the
/// utmost are 200 MB and half a second. No compression makes rows longer by more than a little, so a
/// file with more packed bytes than that is refused before anything is unpacked.
struct PNGRows {
    /// Bytes of the image data chunks, IDAT.
    private(set) var packedByteCount = 0
    /// Bytes of all rows, each with its filter's number (PNG Third Edition §7.2, §9).
    private let byteCount: Int

    /// Reads the chunks' lengths.
    ///
    /// - Parameters:
    ///   - file: A file whose header was found to be right.
    ///   - height: Rows, as the header says.
    ///   - width: Pixels of a row.
    init(_ file: Span<UInt8>, height: Int, width: Int) {
        func number(_ offset: Int) -> Int {
            (offset..<offset + 4).reduce(0) { $0 << 8 | Int(file[$1]) }
        }
        // IHDR comes first: depth and colour type are its ninth and tenth bytes (§11.2.1).
        let (depth, colour) = (Int(file[24]), file[25])
        let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colour] ?? 4
        byteCount = height * (1 + (width * depth * samples + 7) / 8)
        var position = PNGChunk.signatureLength
        while position + 8 <= file.count {
            let length = number(position)
            if number(position + 4) == Self.imageData {
                packedByteCount += length
            }
            position += 12 + length
        }
    }

    /// Whether there is more than rows can need: those that deflate cannot shorten, in stored blocks,
    /// and the few more that an interlaced picture has.
    var areTooMany: Bool { packedByteCount > byteCount + byteCount / 16 + 4_096 }

    /// "IDAT".
    private static let imageData = 0x4944_4154
}
