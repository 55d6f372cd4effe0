/// Why bytes are not a request that this server takes, and the status that says so.
///
/// After any of these the position of the next request is not known or not to be trusted, so the
/// connection closes once the answer is sent (RFC 9112 §9.6).
enum HTTPParseError: Error, Sendable, Hashable {
    case bareLineFeed
    case bareCarriageReturn
    case controlCharacter(UInt8)
    case malformedRequestLine
    case malformedMethod
    case methodTooLong(limit: Int)
    case targetTooLong(limit: Int)
    case malformedTarget
    case malformedVersion
    case unsupportedVersion
    case tooManyEmptyLines
    case malformedField
    case foldedField
    case headerTooLarge(limitBytes: Int)
    case tooManyFields(limit: Int)
    case missingHost
    case repeatedField(String)
    case malformedHost
    case malformedContentLength
    case lengthAndTransferEncoding
    case transferEncodingInHTTP10
    case unsupportedTransferEncoding
    case bodyTooLarge(limitBytes: Int)
    case malformedChunk
    case tooManyChunks(limit: Int)
    case unsupportedExpectation
    case headTimedOut(limit: Duration)
    case bodyTimedOut(limit: Duration)
    case endsInBody
    case bodyMemoryFull(limitBytes: Int)
    case tooManyConnections
    case shuttingDown

    var status: HTTPStatus {
        switch self {
        case .targetTooLong: .uriTooLong
        case .headerTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
        case .methodTooLong, .unsupportedTransferEncoding: .notImplemented
        case .unsupportedVersion: .httpVersionNotSupported
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedExpectation: .expectationFailed
        case .headTimedOut, .bodyTimedOut: .requestTimeout
        case .bodyMemoryFull, .tooManyConnections, .shuttingDown: .serviceUnavailable
        default: .badRequest
        }
    }

    /// The word that programs tell errors apart by.
    var code: String {
        switch self {
        case .targetTooLong: "target_too_long"
        case .headerTooLarge, .tooManyFields: "header_too_large"
        case .methodTooLong: "method_not_implemented"
        case .unsupportedTransferEncoding: "transfer_encoding_not_implemented"
        case .unsupportedVersion: "http_version_not_supported"
        case .bodyTooLarge: "body_too_large"
        case .unsupportedExpectation: "expectation_failed"
        case .headTimedOut, .bodyTimedOut: "request_timeout"
        case .bodyMemoryFull: "overloaded"
        case .tooManyConnections: "too_many_connections"
        case .shuttingDown: "shutting_down"
        default: "malformed_request"
        }
    }

    var message: String {
        switch self {
        case .bareLineFeed: "a line ends in LF, expected CRLF"
        case .bareCarriageReturn: "CR stands without LF"
        case .controlCharacter(let byte): "header contains the control byte \(byte)"
        case .malformedRequestLine: "request line is not: method SP target SP version"
        case .malformedMethod: "method is not a token"
        case .methodTooLong(let limit): "method is longer than \(limit) bytes"
        case .targetTooLong(let limit): "request target is longer than \(limit) bytes"
        case .malformedTarget: "request target is not a valid path, URI or authority"
        case .malformedVersion: "version is not HTTP/1.0 or HTTP/1.1"
        case .unsupportedVersion: "version is not supported, expected HTTP/1.1"
        case .tooManyEmptyLines: "too many empty lines before the request line"
        case .malformedField: "header field is not: name \":\" value"
        case .foldedField: "header field is folded over several lines"
        case .headerTooLarge(let limit): "header is longer than \(limit) bytes"
        case .tooManyFields(let limit): "header has more than \(limit) fields"
        case .missingHost: "Host is missing"
        case .repeatedField(let name): "\(name) is given more than once"
        case .malformedHost: "Host is not a host with an optional port"
        case .malformedContentLength: "Content-Length is not a decimal number"
        case .lengthAndTransferEncoding: "Content-Length and Transfer-Encoding are both given"
        case .transferEncodingInHTTP10: "Transfer-Encoding is not part of HTTP/1.0"
        case .unsupportedTransferEncoding: "Transfer-Encoding is not supported, expected chunked"
        case .bodyTooLarge(let limit): "body is longer than \(limit) bytes"
        case .malformedChunk: "chunked body is malformed"
        case .tooManyChunks(let limit): "body has more than \(limit) chunks"
        case .unsupportedExpectation: "Expect is not supported, expected 100-continue"
        case .headTimedOut(let limit): "header was not complete within \(limit)"
        case .bodyTimedOut(let limit): "body came slower than the least rate, after \(limit)"
        case .endsInBody: "connection ended before the body was complete"
        case .bodyMemoryFull(let limit): "bodies of all requests are longer than \(limit) bytes"
        case .tooManyConnections: "there are too many connections"
        case .shuttingDown: "the server is shutting down"
        }
    }
}
