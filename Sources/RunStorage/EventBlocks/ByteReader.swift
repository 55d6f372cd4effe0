extension [UInt8] {
    /// Seven bits a byte, the lowest first; the highest bit says that more follow (LEB128).
    mutating func append(varint value: UInt) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Numbers near zero of either sign in few bytes: 0, -1, 1, -2 become 0, 1, 2, 3.
    mutating func append(zigzag value: Int) {
        append(varint: UInt(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// The lowest `count` bytes, the lowest first.
    mutating func append(bits: UInt64, count: Int) {
        for index in 0..<count {
            append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index)))
        }
    }

    /// The length in bytes, then UTF-8.
    mutating func append(text: String) {
        append(varint: UInt(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}

/// Reads what the appending functions wrote, from a part of some bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        precondition(range.upperBound <= bytes.count)
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    mutating func byte() throws(RunStorageError) -> UInt8 {
        guard position < end else { throw .unreadable("a block of events ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws(RunStorageError) -> UInt {
        var (value, shift): (UInt, UInt) = (0, 0)
        while true {
            let next = try byte()
            value |= UInt(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
            guard shift < 64 else { throw .unreadable("a number in a block has too many bytes") }
        }
    }

    mutating func zigzag() throws(RunStorageError) -> Int {
        let value = try varint()
        return Int(bitPattern: value >> 1) ^ -Int(bitPattern: value & 1)
    }

    /// A number of things that each take at least a byte, or of repetitions within `limit`.
    mutating func count(limit: Int) throws(RunStorageError) -> Int {
        let value = try varint()
        guard value <= UInt(limit) else {
            throw .unreadable("a block of events counts \(value), at most \(limit) can be")
        }
        return Int(value)
    }

    mutating func bits(count: Int) throws(RunStorageError) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count {
            value |= UInt64(try byte()) << UInt64(8 * index)
        }
        return value
    }

    mutating func text() throws(RunStorageError) -> String {
        let count = try count(limit: end - position)
        defer { position += count }
        return String(decoding: bytes[position..<position + count], as: UTF8.self)
    }
}
