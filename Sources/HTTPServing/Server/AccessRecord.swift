/// What there is to say about one request once it is answered.
public struct AccessRecord: Sendable {
    /// Nil where what came was no HTTP.
    let head: RequestHead?
    /// The route's pattern, as in "/v1/jobs/{id}"; nil where none was found.
    public let route: String?
    /// The answer's status; nil where the client left before there was one.
    public let status: HTTPStatus?
    /// Bytes of the request's content.
    public let requestBodyBytes: Int
    /// Bytes of the answer, its header included.
    public let responseBytes: Int
    let durationNanoseconds: Int64
    /// Since 1970.
    let endedAtNanoseconds: Int
    /// Where the request came from: the client that a trusted proxy names, else the peer.
    public let peer: PeerAddress
    /// The request's name, as in the answer's `X-Request-ID`.
    public let id: RequestID
    /// Whether the whole answer was handed to the system; false where the client left before.
    public let isComplete: Bool

    /// Nil where the request was no HTTP or its method is not known.
    public var method: HTTPMethod? {
        head?.method
    }

    /// The target as it came; empty where none could be read.
    public var target: String {
        head.map { $0.text(of: $0.line.target) } ?? ""
    }

    /// From the complete header to the last byte handed to the system.
    public var duration: Duration {
        .nanoseconds(durationNanoseconds)
    }
}
