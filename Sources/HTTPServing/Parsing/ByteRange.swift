/// Which part of a file a client asks for (RFC 9110 §14.1.2, §14.2).
enum ByteRange: Equatable {
    /// The whole: what was asked for is no range of bytes, or more than one range.
    case whole
    case part(Range<Int>)
    /// Nothing of the file lies in the range.
    case unsatisfiable

    /// Reads the value of `Range`.
    init(_ text: String, sizeBytes: Int) {
        let bytes = Array(text.utf8)
        let unit = Array("bytes=".utf8)
        guard bytes.count > unit.count,
            bytes.span.extracting(first: unit.count).equalsIgnoringCase(unit.span),
            let dash = bytes.firstIndex(of: UInt8(ascii: "-"))
        else {
            self = .whole
            return
        }
        let first = Self.number(bytes[unit.count..<dash])
        let last = Self.number(bytes[(dash + 1)...])
        switch (first, last) {
        case (.value(let first), .value(let last)) where first <= last:
            self = first < sizeBytes ? .part(first..<min(last, sizeBytes - 1) + 1) : .unsatisfiable
        case (.value(let first), .none):
            self = first < sizeBytes ? .part(first..<sizeBytes) : .unsatisfiable
        case (.none, .value(let suffix)):
            self =
                suffix > 0 && sizeBytes > 0
                ? .part(max(sizeBytes - suffix, 0)..<sizeBytes) : .unsatisfiable
        default:
            self = .whole
        }
    }

    private enum Number {
        case none, value(Int), malformed
    }

    /// A number too large for any file is as good as the largest one.
    private static func number(_ digits: ArraySlice<UInt8>) -> Number {
        guard !digits.isEmpty else { return .none }
        guard digits.allSatisfy(\.isDigit) else { return .malformed }
        return .value(Array(digits).span.decimal() ?? .max - 1)
    }
}
