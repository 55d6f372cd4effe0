extension JSONCursor {
    /// Goes over an array by its brackets alone; what is between them is looked at later.
    @_lifetime(self: copy self)
    mutating func skipArray() throws(JSONScanError) {
        let start = index
        var depth = 0
        while index < bytes.count {
            if index &+ 8 <= bytes.count {
                let word = UInt64(
                    littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(
                        fromUncheckedByteOffset: index,
                        as: UInt64.self
                    )
                )
                let opening = word.bytesEqual(to: UInt8(ascii: "["))
                let closing = word.bytesEqual(to: UInt8(ascii: "]"))
                let quotes = word.bytesEqual(to: UInt8(ascii: "\""))
                // Eight bytes at once, unless the array might end among them.
                if quotes == 0, depth > 8 || depth > closing.highBitCount {
                    depth &+= opening.highBitCount &- closing.highBitCount
                    index &+= 8
                    continue
                }
            }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                _ = try takeString()
                continue
            case UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 {
                    index += 1
                    return
                }
            default:
                break
            }
            index += 1
        }
        throw error(at: start, .expected("an array that ends"))
    }
}

extension UInt64 {
    /// How many bytes have their high bit set, where no other bit is.
    ///
    /// Without a processor flag the compiler may not use the instruction that counts bits.
    fileprivate var highBitCount: Int {
        Int(truncatingIfNeeded: (self &>> 7 &* 0x0101_0101_0101_0101) &>> 56)
    }

    /// The high bit of each byte that equals `byte`, and of no other.
    fileprivate func bytesEqual(to byte: UInt8) -> UInt64 {
        let lows: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let difference = self ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return ~((difference & lows) &+ lows | difference | lows)
    }
}
