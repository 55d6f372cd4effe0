internal import Foundation

/// A type whose values are read from the digits of a JSON number.
protocol JSONNumber: Sendable {
    /// What to ask for where there is something else.
    static var expectation: String { get }

    /// The value of a number that is well-formed; nil where this type has no such value.
    static func value(of digits: Span<UInt8>, isInteger: Bool) -> Self?

    /// Appends numbers separated by commas, and stops before what follows the last one.
    ///
    /// May go on with further rows of `rowLength` numbers that follow directly.
    /// - Returns: How many rows were finished, their brackets included, and how many numbers there
    ///   are in the row after them.
    static func takeRows(
        _ cursor: inout JSONCursor,
        into elements: inout OutputSpan<Self>,
        rowLength: Int?,
        limits: JSONLimits
    ) throws(JSONScanError) -> (rows: Int, count: Int)
}

extension JSONNumber {
    static func takeRows(
        _ cursor: inout JSONCursor,
        into elements: inout OutputSpan<Self>,
        rowLength: Int?,
        limits: JSONLimits
    ) throws(JSONScanError) -> (rows: Int, count: Int) {
        var count = 0
        while true {
            try takeElement(&cursor, into: &elements, limits: limits)
            count += 1
            guard cursor.current == UInt8(ascii: ",") else { return (0, count) }
            cursor.index += 1
            cursor.skipWhitespace()
        }
    }

    /// Appends one number and goes over the white space behind it.
    static func takeElement(
        _ cursor: inout JSONCursor,
        into elements: inout OutputSpan<Self>,
        limits: JSONLimits
    ) throws(JSONScanError) {
        guard elements.count < limits.count else {
            throw cursor.error(.tooMany(limit: limits.count))
        }
        guard cursor.current == UInt8(ascii: "-") || cursor.current.isDigit else {
            throw cursor.error(.expected(expectation))
        }
        let token = try cursor.takeNumber(limit: limits.numberBytes)
        let digits = cursor.bytes.extracting(token.start..<token.end)
        guard let value = value(of: digits, isInteger: token.isInteger) else {
            throw cursor.error(at: token.start, .outOfRange(expected: expectation))
        }
        elements.append(value)
        cursor.skipWhitespace()
    }
}

extension Int64: JSONNumber {
    static var expectation: String { "an integer of 64 bits" }

    static func value(of digits: Span<UInt8>, isInteger: Bool) -> Int64? {
        guard isInteger else {
            // 2.0 and 2e3 are integers too.
            return Int64(exactly: Double(text: digits))
        }
        let isNegative = digits[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in (isNegative ? 1 : 0)..<digits.count {
            let digit = Int64(digits[index] &- UInt8(ascii: "0"))
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflows, !carries else { return nil }
            value = sum
        }
        return value
    }
}

extension Double: JSONNumber {
    static var expectation: String { "a finite number" }

    static func value(of digits: Span<UInt8>, isInteger: Bool) -> Double? {
        if let decimal = Decimal64(digits), let value = decimal.exactDouble { return value }
        let value = Double(text: digits)
        return value.isFinite ? value : nil
    }

    /// The nearest value to a well-formed number of any length; infinite beyond the largest.
    init(text: Span<UInt8>) {
        self = unsafe Self.nearest(text, strtod)
    }
}

extension Float: JSONNumber {
    static var expectation: String { "a finite number" }

    static func value(of digits: Span<UInt8>, isInteger: Bool) -> Float? {
        if let decimal = Decimal64(digits), let value = decimal.exactDouble {
            // Rounding twice goes wrong only where the first result lies next to the middle
            // between two values of the second.
            let rest = value.bitPattern & 0x1FFF_FFFF
            let narrow = Float(value)
            if rest &- 0x0FFF_FFFF > 2, narrow.isFinite { return narrow }
        }
        let value = unsafe Double.nearest(digits, strtof)
        return value.isFinite ? value : nil
    }
}

extension Double {
    /// Lets the C library read a number that the quick way does not cover.
    fileprivate static func nearest<Value>(
        _ digits: Span<UInt8>,
        _ read: (UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Value
    ) -> Value {
        var text = [CChar]()
        text.reserveCapacity(digits.count + 1)
        for index in digits.indices {
            text.append(CChar(bitPattern: digits[index]))
        }
        text.append(0)
        return unsafe read(text, nil)
    }
}

/// A decimal number whose digits fit 64 bits: mantissa × 10^exponent.
private struct Decimal64 {
    let mantissa: UInt64
    let exponent: Int
    let isNegative: Bool

    /// Reads a well-formed number; nil where it has more than 19 digits that count.
    init?(_ digits: Span<UInt8>) {
        var (mantissa, exponent, count) = (UInt64(0), 0, 0)
        var index = 0
        isNegative = digits[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var isFraction = false
        scan: while index < digits.count {
            let byte = digits[index]
            switch byte {
            case UInt8(ascii: "."):
                isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                if mantissa > 0 { count += 1 }
                if isFraction { exponent -= 1 }
            default:
                break scan
            }
            index += 1
        }
        guard count <= 19 else { return nil }
        if index < digits.count {
            let sign = digits[index + 1]
            var power = 0
            for place in index + (sign.isDigit ? 1 : 2)..<digits.count {
                power = min(power * 10 + Int(digits[place] &- UInt8(ascii: "0")), 100_000)
            }
            exponent += sign == UInt8(ascii: "-") ? -power : power
        }
        (self.mantissa, self.exponent) = (mantissa, exponent)
    }

    /// The value, where mantissa and power of ten are exact so that one operation rounds once.
    var exactDouble: Double? {
        guard mantissa >> 53 == 0, abs(exponent) <= 22 else {
            return mantissa == 0 ? (isNegative ? -0.0 : 0) : nil
        }
        let power = Self.powers[abs(exponent)]
        let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
