/// One part of a PNG file: its length, a name of four letters, its content and a checksum
/// (PNG Third Edition §5.3).
struct PNGChunk {
    static let signatureLength = 8

    let kind: String
    let content: [UInt8]

    var bytes: [UInt8] {
        let named = Array(kind.utf8) + content
        return bigEndian(UInt32(content.count)) + named + bigEndian(CRC32.checksum(of: named))
    }

    /// The chunks of a well-formed file.
    static func chunks(of file: [UInt8]) -> [PNGChunk] {
        var chunks: [PNGChunk] = []
        var position = signatureLength
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
