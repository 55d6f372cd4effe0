/// An error that is an answer: a status, a word for programs and a sentence for people.
///
/// A handler may throw one; what it says reaches the client as it stands.
public struct HTTPError: Error, Sendable {
    /// The status of the answer.
    public let status: HTTPStatus
    /// A word in lower case with underscores that tells this error from others of its status.
    public let code: String
    /// One sentence that a person can act on.
    public let message: String
    /// Fields of the answer besides those that describe its content.
    public let headers: HTTPHeaders

    /// Creates an error from its parts.
    public init(
        _ status: HTTPStatus,
        code: String,
        _ message: String,
        headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    /// Nothing is at the path of the request, as far as this client may know.
    public static let notFound = HTTPError(
        .notFound,
        code: "not_found",
        "nothing is at this path"
    )

    static func tooManyStreams(limit: Int, ofClient: Bool) -> HTTPError {
        HTTPError(
            .serviceUnavailable,
            code: "too_many_streams",
            ofClient
                ? "there are \(limit) event streams of this client already, expected fewer"
                : "there are \(limit) event streams already, expected fewer",
            headers: ["Retry-After": "5"]
        )
    }

    init(_ error: HTTPParseError) {
        self.init(
            error.status,
            code: error.code,
            error.message,
            headers: error.status == .serviceUnavailable ? ["Retry-After": "1"] : [:]
        )
    }
}
