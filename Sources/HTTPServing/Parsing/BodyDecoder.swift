/// Collects a request's body by its framing, up to a limit (RFC 9112 §6).
struct BodyDecoder: Sendable {
    private enum Framing: Sendable {
        case length(Int)
        case chunked(ChunkedDecoder)
    }

    private var framing: Framing
    private let limit: Int
    private(set) var body: [UInt8] = []

    /// How much is set aside for a declared length before any of it has come.
    private static let reservedBytes = 128 << 10

    /// - Throws: ``HTTPParseError/bodyTooLarge(limitBytes:)`` where the declared length is.
    init(_ framing: RequestHead.Framing, limit: Int) throws(HTTPParseError) {
        self.limit = limit
        switch framing {
        case .length(let length):
            guard length <= limit else { throw .bodyTooLarge(limitBytes: limit) }
            self.framing = .length(length)
            body.reserveCapacity(min(length, Self.reservedBytes))
        case .chunked:
            self.framing = .chunked(ChunkedDecoder())
        }
    }

    var isComplete: Bool {
        switch framing {
        case .length(let length): body.count == length
        case .chunked(let decoder): decoder.isComplete
        }
    }

    /// - Returns: How many bytes of `input` belong to the body.
    mutating func decode(
        _ input: Span<UInt8>,
        limits: HTTPLimits
    ) throws(HTTPParseError) -> Int {
        switch framing {
        case .length(let length):
            let taken = min(length - body.count, input.count)
            body.append(input.extracting(first: taken))
            return taken
        case .chunked(var decoder):
            let taken = try decoder.decode(input, into: &body, limit: limit, limits: limits)
            framing = .chunked(decoder)
            return taken
        }
    }
}
