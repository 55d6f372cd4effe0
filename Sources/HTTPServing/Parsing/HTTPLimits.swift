/// How much of anything one client may ask this server to read.
public struct HTTPLimits: Sendable {
    /// The longest request target; a longer one is answered with 414.
    public var targetBytes = 8_192
    /// The longest header section, all its lines together; a longer one is answered with 431.
    public var headerBytes = 32_768
    /// The most header fields of one request; more are answered with 431.
    public var fieldCount = 100
    /// The longest body, for routes that set no limit of their own; a longer one is answered
    /// with 413.
    public var bodyBytes = 8 << 20
    /// The most chunks of one chunked body; more are answered with 400.
    public var chunkCount = 65_536
    /// The longest trailer section of a chunked body; a longer one is answered with 431.
    public var trailerBytes = 8_192
    /// The longest chunk-size line, extensions included; a longer one is answered with 400.
    public var chunkLineBytes = 1_024
    /// The most requests that one connection carries before the server closes it.
    public var requestsPerConnection = 1_000
    /// The most connections at the same time, those not counted that carry an event stream; one
    /// more is answered with 503 and closed.
    public var connections = 4_096
    /// The most of these connections from one address.
    public var connectionsPerAddress = 1_024
    /// How many connections beyond the limits are still read, to answer health checks alone.
    public var reservedConnections = 32
    /// The most event streams at the same time; one more is answered with 503.
    public var streams = 1_024
    /// The most event streams for one address.
    public var streamsPerAddress = 256
    /// The most bytes of bodies that wait in memory at the same time, over all connections of a
    /// loop; a request beyond it is answered with 503.
    public var bodyBytesInMemory = 256 << 20
    /// Fields that may be given once only, besides those that frame the message.
    public var singletonFields: [HTTPFieldName] = [
        "Content-Type", "Authorization", "Content-Encoding", "Origin", "Range", "If-Range",
        "If-Modified-Since", "If-Unmodified-Since", "Last-Event-ID", "Idempotency-Key",
        "Access-Control-Request-Method",
    ]

    /// Creates the limits written at each property.
    public init() {}
}
