extension UInt8: JSONNumber {
    static var expectation: String { "an integer 0...255" }

    static func value(of digits: Span<UInt8>, isInteger: Bool) -> UInt8? {
        Int64.value(of: digits, isInteger: isInteger).flatMap(UInt8.init(exactly:))
    }

    /// Reads rows of pixels without a branch for the number of digits, which no processor can guess.
    ///
    /// Whatever is unusual (white space other than one blank after a comma, a fraction, the end of
    /// the text) is left to the general way.
    static func takeRows(
        _ cursor: inout JSONCursor,
        into elements: inout OutputSpan<UInt8>,
        rowLength: Int?,
        limits: JSONLimits
    ) throws(JSONScanError) -> (rows: Int, count: Int) {
        var row = (finished: 0, start: elements.count)
        while true {
            let isAtBracket = takeQuickly(
                &cursor,
                into: &elements,
                limits: limits,
                rowLength: rowLength ?? .max,
                row: &row
            )
            if isAtBracket { break }
            cursor.skipWhitespace()
            try takeElement(&cursor, into: &elements, limits: limits)
            guard cursor.current == UInt8(ascii: ",") else { break }
            cursor.index += 1
            cursor.skipWhitespace()
        }
        return (row.finished, elements.count - row.start)
    }

    /// Takes numbers for as long as they are usual, and stops before one that is not.
    /// - Returns: Whether it stopped at a bracket behind a number instead.
    private static func takeQuickly(
        _ cursor: inout JSONCursor,
        into elements: inout OutputSpan<UInt8>,
        limits: JSONLimits,
        rowLength: Int,
        row: inout (finished: Int, start: Int)
    ) -> Bool {
        let text: RawSpan = unsafe cursor.bytes.bytes
        var index = cursor.index
        // No more than 12 bytes from `index` on are looked at.
        let lastStart = text.byteCount - 12
        let limit = Swift.min(limits.count, elements.capacity) - 2
        while index <= lastStart, elements.count <= limit {
            let digits = EightDigits(
                unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
            )
            guard let first = digits.firstNumber else { break }
            var end = digits.firstEnd
            var delimiter = digits.byte(at: end)
            elements.append(first)
            if delimiter == UInt8(ascii: ","), let second = digits.secondNumber {
                end = digits.secondEnd
                delimiter = digits.byte(at: end)
                guard delimiter == UInt8(ascii: ",") || delimiter == UInt8(ascii: "]") else {
                    cursor.index = index &+ digits.firstEnd &+ 1
                    return false
                }
                elements.append(second)
            }
            index &+= end
            switch delimiter {
            case UInt8(ascii: ","):
                index &+= 1
                if unsafe text.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) == 0x20 {
                    index &+= 1
                }
            case UInt8(ascii: "]"):
                // Between two rows of the same length stands "],[" or "], [".
                let next = unsafe text.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: index,
                    as: UInt32.self
                ).littleEndian
                let skipped = next &>> 8 & 0xFFFF == 0x5B2C ? 3 : next == 0x5B20_2C5D ? 4 : 0
                guard skipped > 0, elements.count &- row.start == rowLength else {
                    cursor.index = index
                    return true
                }
                row = (row.finished &+ 1, elements.count)
                index &+= skipped
            default:
                // What follows may still belong to the number.
                _ = elements.removeLast()
                cursor.index = index &- digits.firstEnd
                return false
            }
        }
        cursor.index = index
        return false
    }
}

/// Eight bytes of text, among which up to two numbers of one to three digits begin.
///
/// A byte that is a digit becomes its value by the exclusive or with "0". Adding 0x76 then reaches
/// the high bit from 10 on; of the bytes that are no digits, the lowest two are found exactly,
/// since a sum overflows only behind a byte that is no ASCII.
private struct EightDigits {
    private let values: UInt64
    let firstEnd: Int
    let secondEnd: Int

    init(_ word: UInt64) {
        values = word.littleEndian ^ 0x3030_3030_3030_3030
        let others = (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
        firstEnd = others.trailingZeroBitCount &>> 3
        secondEnd = (others & (others &- 1)).trailingZeroBitCount &>> 3
    }

    func byte(at index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: values &>> UInt64(truncatingIfNeeded: index &* 8)) ^ 0x30
    }

    /// The number at the very beginning; nil where there is none of 0…255 without leading zeros.
    var firstNumber: UInt8? {
        number(from: 0, to: firstEnd)
    }

    /// The number directly behind the byte after the first.
    var secondNumber: UInt8? {
        secondEnd < 8 ? number(from: firstEnd &+ 1, to: secondEnd) : nil
    }

    /// Shifts the last digit into the highest byte, where its place is known, and leaves no others
    /// but its own.
    private func number(from start: Int, to end: Int) -> UInt8? {
        let length = end &- start
        guard length >= 1, length <= 3 else { return nil }
        let last = values &<< UInt64(truncatingIfNeeded: 64 &- end &* 8)
        let own = last & (~0 &<< UInt64(truncatingIfNeeded: 64 &- length &* 8))
        let value = own &>> 56 &+ (own &>> 48 & 0xFF) &* 10 &+ (own &>> 40 & 0xFF) &* 100
        let smallest = length == 1 ? 0 : length == 2 ? 10 : 100 as UInt64
        guard value >= smallest, value <= 255 else { return nil }
        return UInt8(truncatingIfNeeded: value)
    }
}
