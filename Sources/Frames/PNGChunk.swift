/// One part of a PNG file: its length, a name of four letters, its content and a checksum
/// (PNG Third Edition §5.3).
struct PNGChunk {
    let kind: String
    let content: [UInt8]

    var bytes: [UInt8] {
        let named = Array(kind.utf8) + content
        return bigEndian(UInt32(content.count)) + named + bigEndian(CRC32.checksum(of: named))
    }

    /// The chunks without which a picture cannot be read, as their names are stored.
    enum Kind: Int {
        case header = 0x4948_4452
        case palette = 0x504c_5445
        case imageData = 0x4944_4154
        case end = 0x4945_4e44
    }

    /// In the first letter of the name: set, a small letter, where a reader may pass the chunk over
    /// (§5.4).
    static let ancillaryBit: UInt8 = 0x20

    /// The name at `offset` as a message may show it.
    static func name(in file: Span<UInt8>, at offset: Int) -> String {
        let letters = (offset..<offset + 4).map { file[$0] }
        let isName = letters.allSatisfy { (0x41...0x5a).contains($0 & ~ancillaryBit) }
        return isName ? String(decoding: letters, as: UTF8.self) : "of bytes \(letters)"
    }

    /// The chunks of a well-formed file.
    static func chunks(of file: [UInt8]) -> [PNGChunk] {
        var chunks: [PNGChunk] = []
        var position = PNGHeader.signature.count
        while position < file.count {
            let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let start = position + 8
            chunks.append(
                PNGChunk(
                    kind: String(decoding: file[position + 4..<start], as: UTF8.self),
                    content: Array(file[start..<start + length])
                )
            )
            position = start + length + 4
        }
        return chunks
    }
}

/// The number in network order, the most significant byte first.
func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map {
        UInt8(truncatingIfNeeded: number >> Number($0))
    }
}

/// The checksum of PNG's chunks: polynomial 0xEDB88320, reflected (PNG Third Edition §5.5).
private enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1
        }
    }

    static func checksum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { value, byte in
            table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8)
        }
    }
}
