extension HTTPApplication {
    /// Content shorter than this gains nothing from a coding.
    private static let shortestCodedBytes = 1_024

    /// The request with its content as it was before the client coded it.
    func decoded(
        _ request: HTTPRequest,
        limitBytes: Int
    ) throws(HTTPError) -> HTTPRequest {
        guard let coding = try ContentCoding.of(request.headers), !request.body.isEmpty else {
            return request
        }
        var request = request
        do throws(InflateError) {
            request.body = try coding.inflate(request.body, limitBytes: limitBytes)
        } catch {
            throw HTTPError(error, coding)
        }
        return request
    }

    /// The response with its content coded where the client likes that and it helps; content
    /// longer than the limit is left as it is.
    func encoded(
        _ response: HTTPResponse,
        for head: RequestHead,
        limitBytes: Int
    ) -> HTTPResponse {
        guard case .bytes(let bytes) = response.body,
            (Self.shortestCodedBytes...limitBytes).contains(bytes.count),
            response.headers[.contentEncoding] == nil,
            let type = response.headers[.contentType], MediaType.isCompressible(type)
        else { return response }
        var response = response
        response.headers.vary(on: .acceptEncoding)
        guard response.status == .ok || response.status == .created,
            let accepted = head.fields.list(of: .acceptEncoding),
            let coding = ContentCoding.preferred(accepted),
            // Fast rather than small: the content of most answers is read once.
            let coded = coding.deflate(bytes, level: 1), coded.count < bytes.count
        else { return response }
        response.body = .bytes(coded)
        response.headers.append(.contentEncoding, coding.name)
        // RFC 9110 §8.8.3.3: other bytes, another strong tag.
        if let tag = response.headers[.etag].flatMap({ EntityTag.list($0).first }) {
            response.headers[.etag] = tag.coded(coding).description
        }
        return response
    }
}

extension HTTPError {
    init(_ error: InflateError, _ coding: ContentCoding) {
        switch error {
        case .tooLong(let limit):
            self.init(
                .contentTooLarge,
                code: "body_too_large",
                "body is longer than \(limit) bytes once its \(coding.name) coding is undone"
            )
        case .malformed:
            self.init(.badRequest, code: "malformed_body", "body is not valid \(coding.name)")
        case .truncated:
            self.init(
                .badRequest,
                code: "malformed_body",
                "body ends before the end of its \(coding.name) coding"
            )
        case .trailingBytes:
            self.init(
                .badRequest,
                code: "malformed_body",
                "body goes on after the end of its \(coding.name) coding"
            )
        }
    }
}
