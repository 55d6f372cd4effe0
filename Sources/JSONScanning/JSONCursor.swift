/// A place in a JSON text, and the small steps forward from it (RFC 8259).
struct JSONCursor: ~Escapable {
    let bytes: Span<UInt8>
    var index: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at index: Int) {
        self.bytes = bytes
        self.index = index
    }

    /// The byte here; 0, which no JSON text contains, at the end.
    var current: UInt8 {
        index < bytes.count ? bytes[index] : 0
    }

    func error(_ reason: JSONScanError.Reason) -> JSONScanError {
        JSONScanError(reason, at: index, in: bytes)
    }

    @_lifetime(self: copy self)
    mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    @_lifetime(self: copy self)
    mutating func take(_ byte: Unicode.Scalar, _ name: String) throws(JSONScanError) {
        guard current == UInt8(ascii: byte) else { throw error(.expected(name)) }
        index += 1
    }

    @_lifetime(self: copy self)
    mutating func take(literal: StaticString) throws(JSONScanError) {
        let end = index + literal.utf8CodeUnitCount
        let text = unsafe UnsafeBufferPointer(
            start: literal.utf8Start,
            count: literal.utf8CodeUnitCount
        )
        guard end <= bytes.count else { throw error(.expected("a value")) }
        for offset in 0..<literal.utf8CodeUnitCount
        where unsafe bytes[index + offset] != text[offset] {
            throw error(.expected("a value"))
        }
        index = end
    }

    /// Goes over a number (RFC 8259 §6).
    /// - Returns: The range of its digits before, and where the number is no integer.
    @_lifetime(self: copy self)
    mutating func takeNumber(limit: Int) throws(JSONScanError) -> JSONNumberToken {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        let digits = index
        guard current.isDigit else { throw error(at: start, .expected("a number")) }
        skipDigits()
        guard bytes[digits] != UInt8(ascii: "0") || index == digits + 1 else {
            throw error(at: start, .expected("a number without leading zeros"))
        }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            guard current.isDigit else { throw error(at: start, .expected("a number")) }
            skipDigits()
        }
        if current | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            guard current.isDigit else { throw error(at: start, .expected("a number")) }
            skipDigits()
        }
        guard index - start <= limit else {
            throw error(at: start, .expected("a number of at most \(limit) bytes"))
        }
        return JSONNumberToken(start: start, end: index, isInteger: isInteger)
    }

    @_lifetime(self: copy self)
    private mutating func skipDigits() {
        while index < bytes.count, bytes[index].isDigit { index += 1 }
    }

    func error(at position: Int, _ reason: JSONScanError.Reason) -> JSONScanError {
        JSONScanError(reason, at: position, in: bytes)
    }
}

/// Where a number stands.
struct JSONNumberToken {
    let start: Int
    let end: Int
    /// Whether it has neither a fraction nor an exponent.
    let isInteger: Bool
}

extension UInt8 {
    var isDigit: Bool {
        self &- UInt8(ascii: "0") < 10
    }

    /// The value of a hexadecimal digit.
    var hexValue: UInt32? {
        if isDigit { return UInt32(self &- UInt8(ascii: "0")) }
        let letter = (self | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? UInt32(letter) + 10 : nil
    }
}
