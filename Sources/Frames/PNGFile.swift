/// The chunks of a PNG that its pixels are made of, found before libpng sees any.
///
/// libpng sets memory aside for as many bytes as a chunk says it has: 57 bytes of a file cost a
/// gigabyte. It also unpacks texts and profiles, and corrects gray levels by gamma, none of which an
/// observation may depend on. So it is given the critical chunks alone (PNG Third Edition §4.8.2),
/// and no chunk that is longer than what is there.
struct PNGFile {
    let header: PNGHeader

    /// Where the critical chunks lie, IHDR first and IEND last.
    private let critical: [Range<Int>]

    /// Bytes of the image data chunks, still packed.
    private let packedByteCount: Int

    /// Goes from chunk to chunk; what lies behind IEND is left out.
    init(_ file: Span<UInt8>) throws(FrameError) {
        header = try PNGHeader(file)
        var (critical, packedByteCount) = ([Range<Int>](), 0)
        var position = PNGHeader.signature.count
        var kind: PNGChunk.Kind?
        while kind != .end {
            guard position + 12 <= file.count else {
                throw .unreadable(reason: "it ends at byte \(file.count), before its chunk IEND")
            }
            let length = file.bigEndian(at: position)
            let left = file.count - position - 12
            guard length <= left else {
                throw .unreadable(
                    reason: "chunk \(PNGChunk.name(in: file, at: position + 4)) at byte "
                        + "\(position) says it has \(length) bytes, \(left) are left"
                )
            }
            let end = position + 12 + length
            kind = PNGChunk.Kind(rawValue: file.bigEndian(at: position + 4))
            if kind != nil {
                critical.append(position..<end)
            } else if file[position + 4] & PNGChunk.ancillaryBit == 0 {
                throw .unreadable(
                    reason: "critical chunk \(PNGChunk.name(in: file, at: position + 4)) at byte "
                        + "\(position) is none of PNG's"
                )
            }
            if kind == .imageData { packedByteCount += length }
            position = end
        }
        (self.critical, self.packedByteCount) = (critical, packedByteCount)
    }

    /// Checks that there is no more image data than the rows can need.
    ///
    /// libpng unpacks all that is there, also what lies behind the last row: 200 KB of zeros packed
    /// to the utmost are 200 MB and half a second. No compression makes rows longer by more than a
    /// little: those that deflate cannot shorten, in stored blocks, and the few more that an
    /// interlaced picture has.
    func checkImageData() throws(FrameError) {
        // Each row has its filter's number in front (§7.2, §9).
        let rowBits = header.width * header.depth * header.colour.sampleCount
        let byteCount = header.height * (1 + (rowBits + 7) / 8)
        guard packedByteCount <= byteCount + byteCount / 16 + 4_096 else {
            throw .damaged(
                reason: "\(packedByteCount) bytes of image data are more than "
                    + "\(header.height)×\(header.width) pixels can need"
            )
        }
    }

    /// The file without all that its pixels do not depend on.
    func essentials(of file: Span<UInt8>) -> [UInt8] {
        var bytes = PNGHeader.signature
        bytes.reserveCapacity(critical.reduce(bytes.count) { $0 + $1.count })
        for chunk in critical {
            for index in chunk { bytes.append(file[index]) }
        }
        return bytes
    }
}
