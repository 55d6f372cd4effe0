/// The name of a header field, written as a literal: a name never comes from outside.
///
/// Two names that differ in case only are the same name (RFC 9110 §5.1).
public struct HTTPFieldName: Sendable, Hashable, ExpressibleByStringLiteral {
    private let literal: StaticString

    /// Creates a name from a literal made of token characters (RFC 9110 §5.6.2).
    public init(stringLiteral literal: StaticString) {
        self.literal = literal
        precondition(
            bytes.count > 0 && bytes.firstIndex(from: 0, where: { !$0.isToken }) == nil,
            "\"\(literal)\" is no field name"
        )
    }

    /// The bytes of the name, in the case it was written in.
    var bytes: Span<UInt8> {
        @_lifetime(immortal)
        get {
            literal.bytes
        }
    }

    /// Whether both names are the same but for case.
    public static func == (left: Self, right: Self) -> Bool {
        left.bytes.equalsIgnoringCase(right.bytes)
    }

    /// Hashes the name without its case.
    public func hash(into hasher: inout Hasher) {
        for index in bytes.indices {
            hasher.combine(bytes[index].asciiLowercased)
        }
    }
}

extension HTTPFieldName {
    static let acceptEncoding: Self = "Accept-Encoding"
    static let allow: Self = "Allow"
    static let authorization: Self = "Authorization"
    static let cacheControl: Self = "Cache-Control"
    static let connection: Self = "Connection"
    static let contentEncoding: Self = "Content-Encoding"
    static let contentLength: Self = "Content-Length"
    static let contentType: Self = "Content-Type"
    static let etag: Self = "ETag"
    static let host: Self = "Host"
    static let lastModified: Self = "Last-Modified"
    static let origin: Self = "Origin"
    static let range: Self = "Range"
    static let vary: Self = "Vary"
    static let xRequestID: Self = "X-Request-ID"
}
