/// Finds a request's line and fields in bytes that may come in any pieces (RFC 9112 §2 to §5).
///
/// Each line is judged as soon as it is complete, and a control byte as soon as it is there, so
/// that garbage is refused without waiting for an end that never comes. What is answered depends
/// on the bytes alone and never on where they were cut.
struct RequestHeadParser: Sendable {
    /// What has come of a head that is not complete; empty while there is nothing.
    private var pending: [UInt8] = []
    /// No line end before this offset.
    private var scanned = 0
    private var lineStart = 0
    private var fieldsStart = 0
    private var emptyLines = 0
    private var line: RequestLine?
    private var rules = FieldRules()
    private var fields: [HTTPFields.Field] = []

    /// Whether a part of a head has come.
    var hasBegun: Bool {
        !pending.isEmpty
    }

    /// Takes bytes up to the end of the head.
    /// - Returns: The head and how many bytes of `input` belong to it; nil where it goes on after
    ///   `input`, which is then taken whole.
    mutating func parse(
        _ input: Span<UInt8>,
        limits: HTTPLimits
    ) throws(HTTPParseError) -> (head: RequestHead, length: Int)? {
        guard input.count > 0 else { return nil }
        guard !pending.isEmpty else {
            guard let end = try scan(input, limits: limits) else {
                // Empty lines alone do not begin a head.
                if line == nil, lineStart == input.count {
                    (scanned, lineStart) = (0, 0)
                } else {
                    pending = Array(input)
                }
                return nil
            }
            return (try takeHead(input.extracting(first: end)), end)
        }
        let before = pending.count
        pending.append(input)
        let bytes = pending
        guard let end = try scan(bytes.span, limits: limits) else {
            if line == nil, lineStart == bytes.count {
                (pending, scanned, lineStart) = ([], 0, 0)
            }
            return nil
        }
        return (try takeHead(bytes.span.extracting(first: end)), end - before)
    }

    /// - Returns: Where the head ends, once it does.
    private mutating func scan(
        _ bytes: Span<UInt8>,
        limits: HTTPLimits
    ) throws(HTTPParseError) -> Int? {
        while true {
            let end = bytes.firstControl(from: scanned)
            try checkLengths(bytes, end, limits: limits)
            scanned = end
            guard end < bytes.count else { return nil }
            switch bytes[end] {
            case .carriageReturn:
                guard end + 1 < bytes.count else { return nil }
                guard bytes[end + 1] == .lineFeed else { throw .bareCarriageReturn }
            case .lineFeed:
                throw .bareLineFeed
            case let byte:
                throw .controlCharacter(byte)
            }
            let current = lineStart..<end
            lineStart = end + 2
            scanned = lineStart
            if line != nil {
                if current.isEmpty { return lineStart }
                try addField(bytes, current, limits: limits)
            } else if current.isEmpty {
                // RFC 9112 §2.2: at least one empty line before the request line is ignored.
                emptyLines += 1
                guard emptyLines <= 2 else { throw .tooManyEmptyLines }
            } else {
                line = try RequestLine(bytes, current, targetLimit: limits.targetBytes)
                fieldsStart = lineStart
                fields.reserveCapacity(12)
            }
        }
    }

    private func checkLengths(
        _ bytes: Span<UInt8>,
        _ end: Int,
        limits: HTTPLimits
    ) throws(HTTPParseError) {
        if line != nil {
            guard end - fieldsStart <= limits.headerBytes else {
                throw .headerTooLarge(limitBytes: limits.headerBytes)
            }
        } else {
            try RequestLine.checkLength(bytes, lineStart..<end, targetLimit: limits.targetBytes)
        }
    }

    private mutating func addField(
        _ bytes: Span<UInt8>,
        _ current: Range<Int>,
        limits: HTTPLimits
    ) throws(HTTPParseError) {
        let first = bytes[current.lowerBound]
        guard first != .space, first != .tab else {
            throw fields.isEmpty ? .malformedField : .foldedField
        }
        guard let colon = bytes.firstIndex(from: current.lowerBound, where: { !$0.isToken }),
            colon > current.lowerBound, bytes[colon] == UInt8(ascii: ":")
        else { throw .malformedField }
        guard fields.count < limits.fieldCount else {
            throw .tooManyFields(limit: limits.fieldCount)
        }
        let field = HTTPFields.Field(
            name: .init(current.lowerBound..<colon),
            value: .init(bytes.trimmingOptionalWhitespace(colon + 1..<current.upperBound))
        )
        try rules.take(field, after: fields, in: bytes, singletons: limits.singletonFields)
        fields.append(field)
    }

    private mutating func takeHead(_ bytes: Span<UInt8>) throws(HTTPParseError) -> RequestHead {
        guard let line else { throw .malformedRequestLine }
        let head = try RequestHead(bytes, positions: fields, line: line, rules: rules)
        self = RequestHeadParser()
        return head
    }
}
