/// What is wrong with a JSON text, and at which byte of it.
public struct JSONScanError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Reason: Sendable, Hashable {
        /// Something else was expected here.
        case expected(String)
        /// The number has no value that can be held.
        case outOfRange(expected: String)
        /// An array is longer or shorter than the others beside it.
        case ragged(expected: Int, found: Int)
        case tooDeep(limit: Int)
        case tooMany(limit: Int)
        case duplicateKey(String)
        case invalidUTF8
    }

    /// The offset of the fault in the document, in bytes from 0.
    public let position: Int
    /// What is wrong there.
    public let reason: Reason
    /// What stands there, shortened; empty at the end of the document.
    public let found: String

    /// Where in an array of numbers the fault is (RFC 6901), as in "/0/2/5", if the text is JSON and
    /// only holds something else than expected; nil where the text is no JSON.
    public internal(set) var pointer: String?

    /// One sentence that a person can act on.
    public var description: String {
        "byte \(position): \(explanation)"
    }

    /// What is wrong, without its place.
    public var explanation: String {
        let got = found.isEmpty ? "the end" : found
        return switch reason {
        case .expected(let what): "expected \(what), got \(got)"
        case .outOfRange(let expected): "expected \(expected), got \(got)"
        case .ragged(let expected, let found):
            "array has \(found) elements, expected \(expected) as in the others beside it"
        case .tooDeep(let limit): "nesting is deeper than \(limit) levels"
        case .tooMany(let limit): "array has more than \(limit) numbers"
        case .duplicateKey(let key): "key \"\(Self.shortened(key))\" is given twice"
        case .invalidUTF8: "text is not UTF-8"
        }
    }

    init(_ reason: Reason, at position: Int, in bytes: Span<UInt8>) {
        self.reason = reason
        self.position = position
        found = Self.excerpt(bytes, from: position)
    }

    /// A key as far as a message shows it: 64 Unicode scalars.
    private static func shortened(_ key: String) -> String {
        let scalars = key.unicodeScalars
        guard
            let end = scalars.index(scalars.startIndex, offsetBy: 64, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return key }
        return String(scalars[..<end]) + "…"
    }

    /// The token at a position, as far as it can be shown.
    private static func excerpt(_ bytes: Span<UInt8>, from start: Int) -> String {
        var text = ""
        var index = start
        while index < bytes.count, text.count < 24 {
            let byte = bytes[index]
            guard byte > 0x20, byte < 0x7F else { break }
            let isEnd = [",", "]", "}", ":"].contains(UnicodeScalar(byte))
            if isEnd, !text.isEmpty { break }
            text.unicodeScalars.append(UnicodeScalar(byte))
            if isEnd { break }
            index += 1
        }
        if text.isEmpty, start < bytes.count {
            return "the byte \(bytes[start])"
        }
        return text
    }
}

/// How large a JSON text may be in ways that its length does not bound.
public struct JSONLimits: Sendable {
    /// The most levels of arrays and objects within each other.
    public var depth = 64
    /// The most numbers of one array, its inner arrays included.
    public var count = 64 << 20
    /// The most digits and signs of one number.
    public var numberBytes = 512

    /// Creates the limits written at each property.
    public init() {}
}
