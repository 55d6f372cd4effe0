extension JSONCursor {
    /// Goes over a string: UTF-8 without controls, and complete escapes (RFC 8259 §7).
    /// - Returns: What stands between the quotes, as it is written, and whether it has escapes.
    @_lifetime(self: copy self)
    mutating func takeString() throws(JSONScanError) -> (range: Range<Int>, isEscaped: Bool) {
        try take("\"", "a string")
        let start = index
        var isEscaped = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return (start..<index - 1, isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                try takeEscape()
            case 0..<0x20:
                throw error(.expected("no control character in a string"))
            case 0..<0x80:
                index += 1
            default:
                try takeScalar()
            }
        }
        throw error(.expected("the end of the string"))
    }

    /// RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
    @_lifetime(self: copy self)
    private mutating func takeScalar() throws(JSONScanError) {
        let first = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, index + length <= bytes.count, second.contains(bytes[index + 1]) else {
            throw error(.invalidUTF8)
        }
        for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 {
            throw error(.invalidUTF8)
        }
        index += length
    }

    @_lifetime(self: copy self)
    private mutating func takeEscape() throws(JSONScanError) {
        let start = index
        index += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            let unit = try takeUnit(from: start)
            guard 0xD800...0xDFFF ~= unit else { return }
            // A surrogate means something only as the first of a pair.
            guard unit < 0xDC00, current == UInt8(ascii: "\\"), index + 1 < bytes.count,
                bytes[index + 1] == UInt8(ascii: "u")
            else { throw error(at: start, .expected("a pair of surrogates")) }
            index += 1
            guard 0xDC00...0xDFFF ~= (try takeUnit(from: start)) else {
                throw error(at: start, .expected("a pair of surrogates"))
            }
        default:
            throw error(at: start, .expected("an escape of JSON"))
        }
    }

    /// Goes over "u" and four hexadecimal digits.
    @_lifetime(self: copy self)
    private mutating func takeUnit(from start: Int) throws(JSONScanError) -> UInt32 {
        index += 1
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.hexValue else {
                throw error(at: start, .expected("four hexadecimal digits"))
            }
            unit = unit << 4 | digit
            index += 1
        }
        return unit
    }
}
