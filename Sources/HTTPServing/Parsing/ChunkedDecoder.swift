/// Takes the chunked coding off a body that may come in any pieces (RFC 9112 §7.1).
///
/// Extensions and trailer fields are checked for their form and dropped: RFC 9112 §7.1.1 and
/// RFC 9110 §6.5.1 let a recipient ignore them, and none of them may change what was decided from
/// the header.
struct ChunkedDecoder: Sendable {
    private enum State: Sendable {
        case sizeStart, size, beforeSemicolon
        case extensionStart, extensionName, afterExtensionName
        case valueStart, tokenValue, quotedValue, quotedPair, afterQuotedValue
        case sizeLineFeed
        case content, contentReturn, contentLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, lastLineFeed
        case complete
    }

    private var state = State.sizeStart
    private var remaining = 0
    private var digits = 0
    private var lineBytes = 0
    private var chunks = 0
    private var trailerBytes = 0

    var isComplete: Bool {
        state == .complete
    }

    /// Appends the content to `body`.
    /// - Returns: How many bytes of `input` belong to the body; all of them unless it is complete.
    mutating func decode(
        _ input: Span<UInt8>,
        into body: inout [UInt8],
        limit: Int,
        limits: HTTPLimits
    ) throws(HTTPParseError) -> Int {
        var index = 0
        while index < input.count, state != .complete {
            if state == .content {
                let length = min(remaining, input.count - index)
                body.append(input.extracting(index..<index + length))
                remaining -= length
                index += length
                if remaining == 0 { state = .contentReturn }
                continue
            }
            let byte = input[index]
            index += 1
            switch state {
            case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed:
                try takeTrailer(byte, limits: limits)
            case .contentReturn:
                state = try expect(.carriageReturn, byte, then: .contentLineFeed)
            case .contentLineFeed:
                state = try expect(.lineFeed, byte, then: .sizeStart)
            default:
                lineBytes += 1
                guard lineBytes <= limits.chunkLineBytes else { throw .malformedChunk }
                if state == .sizeLineFeed {
                    guard byte == .lineFeed else { throw .malformedChunk }
                    try beginContent(after: body.count, limit: limit, limits: limits)
                } else {
                    state = try nextInSizeLine(byte)
                }
            }
        }
        return index
    }

    private func expect(
        _ expected: UInt8,
        _ byte: UInt8,
        then next: State
    ) throws(HTTPParseError) -> State {
        guard byte == expected else { throw .malformedChunk }
        return next
    }

    private mutating func beginContent(
        after count: Int,
        limit: Int,
        limits: HTTPLimits
    ) throws(HTTPParseError) {
        (digits, lineBytes) = (0, 0)
        guard remaining > 0 else {
            state = .trailerStart
            return
        }
        guard remaining <= limit - count else { throw .bodyTooLarge(limitBytes: limit) }
        chunks += 1
        guard chunks <= limits.chunkCount else { throw .tooManyChunks(limit: limits.chunkCount) }
        state = .content
    }

    private mutating func nextInSizeLine(_ byte: UInt8) throws(HTTPParseError) -> State {
        switch (state, byte) {
        case (.sizeStart, _) where byte.hexValue != nil, (.size, _) where byte.hexValue != nil:
            digits += 1
            // 16 digits fill 64 bits; a size beyond Int is beyond every limit as well.
            guard digits <= 16, remaining >> 59 == 0 else { throw .malformedChunk }
            remaining = remaining << 4 | Int(byte.hexValue ?? 0)
            return .size
        case (.size, .carriageReturn), (.extensionName, .carriageReturn),
            (.tokenValue, .carriageReturn), (.afterQuotedValue, .carriageReturn):
            return .sizeLineFeed
        case (.size, UInt8(ascii: ";")), (.beforeSemicolon, UInt8(ascii: ";")),
            (.extensionName, UInt8(ascii: ";")), (.afterExtensionName, UInt8(ascii: ";")),
            (.tokenValue, UInt8(ascii: ";")), (.afterQuotedValue, UInt8(ascii: ";")):
            return .extensionStart
        case (.extensionName, UInt8(ascii: "=")), (.afterExtensionName, UInt8(ascii: "=")):
            return .valueStart
        case (.quotedValue, UInt8(ascii: "\"")):
            return .afterQuotedValue
        case (.quotedValue, UInt8(ascii: "\\")):
            return .quotedPair
        case (.quotedValue, _), (.quotedPair, _):
            guard byte >= .space && byte != .delete || byte == .tab else { throw .malformedChunk }
            return .quotedValue
        case (_, .space), (_, .tab):
            return try stateAfterWhitespace()
        case (.valueStart, UInt8(ascii: "\"")):
            return .quotedValue
        case (.extensionStart, _) where byte.isToken, (.extensionName, _) where byte.isToken:
            return .extensionName
        case (.valueStart, _) where byte.isToken, (.tokenValue, _) where byte.isToken:
            return .tokenValue
        default:
            throw .malformedChunk
        }
    }

    /// RFC 9110 §5.6.3: bad whitespace is read and dropped, here only where an extension follows,
    /// so that "5 CRLF" is not a size.
    private func stateAfterWhitespace() throws(HTTPParseError) -> State {
        switch state {
        case .size, .beforeSemicolon, .tokenValue, .afterQuotedValue: .beforeSemicolon
        case .extensionStart, .afterExtensionName, .valueStart: state
        case .extensionName: .afterExtensionName
        default: throw .malformedChunk
        }
    }

    private mutating func takeTrailer(_ byte: UInt8, limits: HTTPLimits) throws(HTTPParseError) {
        trailerBytes += 1
        guard trailerBytes <= limits.trailerBytes + 2 else {
            throw .headerTooLarge(limitBytes: limits.trailerBytes)
        }
        switch state {
        case .trailerStart where byte == .carriageReturn:
            state = .lastLineFeed
        case .trailerStart where byte.isToken, .trailerName where byte.isToken:
            state = .trailerName
        case .trailerName where byte == UInt8(ascii: ":"):
            state = .trailerValue
        case .trailerValue where byte == .carriageReturn:
            state = .trailerLineFeed
        case .trailerValue where byte >= .space && byte != .delete || byte == .tab:
            break
        case .trailerLineFeed where byte == .lineFeed:
            state = .trailerStart
        case .lastLineFeed where byte == .lineFeed:
            state = .complete
        default:
            throw .malformedField
        }
    }
}
