extension OutputSpan<UInt8> {
    /// Appends all bytes of `bytes`, for which there must be room.
    @inline(__always)
    mutating func append(_ bytes: Span<UInt8>) {
        let room = freeCapacity
        precondition(bytes.count <= room, "room for \(room) bytes, expected \(bytes.count)")
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe withUnsafeMutableBufferPointer { buffer, count in
                _ = unsafe buffer.extracting(count...).update(fromContentsOf: source)
                count += source.count
            }
        }
    }

    /// Appends the bytes of a literal.
    @inline(__always)
    mutating func append(_ literal: StaticString) {
        append(literal.bytes)
    }

    /// Appends the decimal digits of a number that is not negative, with zeros before them where
    /// there are fewer than `digits`, which are at most 8.
    mutating func append(decimal number: Int, digits: Int = 1) {
        precondition(number >= 0, "number is \(number), expected 0 or more")
        guard number < 100_000_000 else {
            append(decimal: number / 100_000_000)
            return append(decimal: number % 100_000_000, digits: 8)
        }
        var text: UInt64 = 0
        var rest = number
        var count = 0
        repeat {
            text = text << 8 | UInt64(truncatingIfNeeded: rest % 10 + 0x30)
            rest /= 10
            count += 1
        } while rest > 0 || count < digits
        for _ in 0..<count {
            append(UInt8(truncatingIfNeeded: text))
            text >>= 8
        }
    }

    /// Appends the sixteen hexadecimal digits of `bits`.
    mutating func append(hexadecimalDigitsOf bits: UInt64) {
        append(eightDigits: UInt32(truncatingIfNeeded: bits >> 32))
        append(eightDigits: UInt32(truncatingIfNeeded: bits))
    }

    /// Spreads the digits over the bytes of a word, and turns all of them into text at once.
    private mutating func append(eightDigits bits: UInt32) {
        var word = UInt64(bits)
        word = (word << 16 | word) & 0x0000_FFFF_0000_FFFF
        word = (word << 8 | word) & 0x00FF_00FF_00FF_00FF
        word = (word << 4 | word) & 0x0F0F_0F0F_0F0F_0F0F
        // Adding 6 carries into the next four bits where the digit is a letter.
        let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        var text = word &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
        for _ in 0..<8 {
            text = text << 8 | text >> 56
            append(UInt8(truncatingIfNeeded: text))
        }
    }
}

extension [UInt8] {
    /// Appends the decimal digits of a number that is not negative.
    mutating func append(decimal number: Int) {
        append(addingCapacity: 20) { $0.append(decimal: number) }
    }

    /// Appends the digits of `number` in hexadecimal, without leading zeros.
    mutating func append(hexadecimal number: Int) {
        append(contentsOf: String(number, radix: 16).utf8)
    }
}
