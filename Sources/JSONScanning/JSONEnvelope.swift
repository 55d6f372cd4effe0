internal import Foundation

/// A JSON document whose large arrays of numbers are cut out, so that what is left can go through
/// a decoder that is made for small ones.
///
/// All that is not cut out is checked in full: grammar, UTF-8, escapes, numbers that are finite,
/// keys given once, and nesting.
public struct JSONEnvelope: Sendable {
    /// An array that was cut out.
    public struct Cut: Sendable, Hashable {
        /// Its place in the document (RFC 6901), as in "/inputs/0/data".
        public let pointer: String
        /// Its bytes in the document, brackets included.
        public let range: Range<Int>
    }

    /// The document with `null` in the place of each array that was cut out.
    public let remainder: [UInt8]
    /// The arrays that were cut out, in the order of the document.
    public let cuts: [Cut]

    /// Cuts the arrays at the places of `patterns` out of `document`.
    ///
    /// A pattern is a JSON pointer in which "*" stands for any index, as in "/inputs/*/data".
    /// What is no array stays. The insides of what is cut out are not looked at here:
    /// ``NumberArray`` does that.
    public init(
        _ document: [UInt8],
        cutting patterns: [String],
        limits: JSONLimits = JSONLimits()
    ) throws(JSONScanError) {
        let patterns = patterns.map { pattern in
            pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                .map(String.init)
        }
        var walk = EnvelopeWalk(patterns: patterns, limits: limits)
        try walk.run(document.span)
        var remainder: [UInt8] = []
        var start = 0
        for cut in walk.cuts {
            remainder += document[start..<cut.range.lowerBound]
            remainder += "null".utf8
            start = cut.range.upperBound
        }
        self.remainder = remainder + document[start...]
        cuts = walk.cuts
    }

    /// The bytes of the array at that place; nil where none was cut out there.
    public subscript(pointer: String) -> Range<Int>? {
        cuts.first { $0.pointer == pointer }?.range
    }
}

/// One pass over a document, noting what is to be cut out.
private struct EnvelopeWalk {
    let patterns: [[String]]
    let limits: JSONLimits
    var cuts: [JSONEnvelope.Cut] = []
    private var path: [String] = []

    init(patterns: [[String]], limits: JSONLimits) {
        self.patterns = patterns
        self.limits = limits
    }

    mutating func run(_ document: Span<UInt8>) throws(JSONScanError) {
        var cursor = JSONCursor(document, at: 0)
        cursor.skipWhitespace()
        try takeValue(&cursor, matching: patterns)
        cursor.skipWhitespace()
        guard cursor.index == document.count else {
            throw cursor.error(.expected("nothing after the value"))
        }
    }

    /// Goes over a value; `candidates` is what is left of the patterns that fit the path so far.
    private mutating func takeValue(
        _ cursor: inout JSONCursor,
        matching candidates: [[String]]
    ) throws(JSONScanError) {
        switch cursor.current {
        case UInt8(ascii: "["):
            guard !candidates.contains([]) else { return try cut(&cursor) }
            try takeArray(&cursor, matching: candidates)
        case UInt8(ascii: "{"):
            try takeObject(&cursor, matching: candidates)
        case UInt8(ascii: "\""):
            _ = try cursor.takeString()
        case UInt8(ascii: "t"):
            try cursor.take(literal: "true")
        case UInt8(ascii: "f"):
            try cursor.take(literal: "false")
        case UInt8(ascii: "n"):
            try cursor.take(literal: "null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let token = try cursor.takeNumber(limit: limits.numberBytes)
            let text = cursor.bytes.extracting(token.start..<token.end)
            guard token.isInteger && text.count < 300 || Double(text: text).isFinite else {
                throw cursor.error(at: token.start, .outOfRange(expected: "a finite number"))
            }
        default:
            throw cursor.error(.expected("a value"))
        }
    }

    private mutating func takeArray(
        _ cursor: inout JSONCursor,
        matching candidates: [[String]]
    ) throws(JSONScanError) {
        try enter(&cursor)
        guard cursor.current != UInt8(ascii: "]") else {
            cursor.index += 1
            return
        }
        var number = 0
        while true {
            path.append(String(number))
            try takeValue(
                &cursor,
                matching: narrowed(candidates, to: String(number), isIndex: true)
            )
            path.removeLast()
            number += 1
            cursor.skipWhitespace()
            if cursor.current == UInt8(ascii: "]") { break }
            try cursor.take(",", "\",\" or \"]\"")
            cursor.skipWhitespace()
        }
        cursor.index += 1
    }

    private mutating func takeObject(
        _ cursor: inout JSONCursor,
        matching candidates: [[String]]
    ) throws(JSONScanError) {
        try enter(&cursor)
        guard cursor.current != UInt8(ascii: "}") else {
            cursor.index += 1
            return
        }
        var keys: Set<String> = []
        while true {
            let start = cursor.index
            let (range, isEscaped) = try cursor.takeString()
            let key = Self.text(cursor.bytes.extracting(range), isEscaped: isEscaped)
            guard keys.insert(key).inserted else {
                throw cursor.error(at: start, .duplicateKey(key))
            }
            cursor.skipWhitespace()
            try cursor.take(":", "\":\"")
            cursor.skipWhitespace()
            path.append(key)
            try takeValue(&cursor, matching: narrowed(candidates, to: key, isIndex: false))
            path.removeLast()
            cursor.skipWhitespace()
            if cursor.current == UInt8(ascii: "}") { break }
            try cursor.take(",", "\",\" or \"}\"")
            cursor.skipWhitespace()
        }
        cursor.index += 1
    }

    private func enter(_ cursor: inout JSONCursor) throws(JSONScanError) {
        guard path.count < limits.depth else { throw cursor.error(.tooDeep(limit: limits.depth)) }
        cursor.index += 1
        cursor.skipWhitespace()
    }

    private func narrowed(_ candidates: [[String]], to name: String, isIndex: Bool) -> [[String]] {
        guard !candidates.isEmpty else { return [] }
        return candidates.compactMap { pattern in
            guard let first = pattern.first, first == name || isIndex && first == "*" else {
                return nil
            }
            return Array(pattern.dropFirst())
        }
    }

    private mutating func cut(_ cursor: inout JSONCursor) throws(JSONScanError) {
        let start = cursor.index
        try cursor.skipArray()
        let pointer = path.map { name in
            "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
        }
        cuts.append(.init(pointer: pointer.joined(), range: start..<cursor.index))
    }

    /// A key as its escapes mean it.
    private static func text(_ bytes: Span<UInt8>, isEscaped: Bool) -> String {
        let raw = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe String(decoding: buffer, as: UTF8.self)
        }
        guard isEscaped else { return raw }
        // Checked before, so this cannot fail; escapes in keys are rare.
        return (try? JSONDecoder().decode([String].self, from: Data("[\"\(raw)\"]".utf8)))?.first
            ?? raw
    }
}
