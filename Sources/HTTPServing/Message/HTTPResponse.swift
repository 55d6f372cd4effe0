/// What a handler answers with.
public struct HTTPResponse: Sendable {
    /// The status line's code.
    public var status: HTTPStatus
    /// The fields besides those the server adds by itself.
    public var headers: HTTPHeaders
    /// The content; left out by the server where the method or status has none.
    public var body: HTTPBody

    /// Creates a response from its parts.
    public init(_ status: HTTPStatus = .ok, headers: HTTPHeaders = [:], body: HTTPBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Creates a response of bytes that are complete.
    public init(_ status: HTTPStatus = .ok, bytes: [UInt8], contentType: String) {
        self.init(status, headers: ["Content-Type": contentType], body: .bytes(bytes))
    }

    /// Creates a response of plain text in UTF-8.
    public init(_ status: HTTPStatus = .ok, text: String) {
        self.init(status, bytes: Array(text.utf8), contentType: "text/plain; charset=utf-8")
    }
}

/// The content of a response.
public enum HTTPBody: Sendable {
    case empty
    /// Bytes that are complete; their count becomes `Content-Length`.
    case bytes([UInt8])
    /// A part of a file, sent by the kernel without passing through this process.
    case file(HTTPFile, Range<Int>)
    /// Bytes that come about while they are sent.
    case stream(HTTPStream)
}
