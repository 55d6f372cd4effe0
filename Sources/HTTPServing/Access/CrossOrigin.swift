/// The answers that let pages of other origins read (Fetch Standard, CORS protocol).
struct CrossOrigin: Sendable {
    let policy: AccessPolicy

    /// How long a browser may keep the answer to a preflight, in seconds.
    private static let preflightAgeSeconds = 600

    /// Whether a request asks what a page of another origin may send.
    static func isPreflight(_ head: RequestHead, _ method: HTTPMethod) -> Bool {
        method == .options && head.fields.contains(.origin)
            && head.fields.contains("Access-Control-Request-Method")
    }

    /// What a page may send to a path that takes the methods of `allow`.
    func preflight(_ head: RequestHead, allow: String) -> HTTPResponse {
        var response = HTTPResponse(.noContent, headers: ["Allow": allow])
        guard let origin = head.fields["Origin"], policy.isListed(origin) else { return response }
        response.headers.append("Access-Control-Allow-Methods", allow)
        if let names = head.fields.list(of: "Access-Control-Request-Headers"),
            names.utf8.allSatisfy({ $0.isToken || $0 == UInt8(ascii: ",") || $0 == .space })
        {
            response.headers.append("Access-Control-Allow-Headers", names)
        }
        response.headers.append("Access-Control-Max-Age", String(Self.preflightAgeSeconds))
        return response
    }

    /// Adds to any answer what lets the page that asked read it.
    func mark(_ response: inout HTTPResponse, for head: RequestHead) {
        guard !policy.origins.isEmpty else { return }
        response.headers.vary(on: .origin)
        guard let origin = head.fields["Origin"], policy.isListed(origin) else { return }
        response.headers.append("Access-Control-Allow-Origin", origin)
        response.headers.append(
            "Access-Control-Expose-Headers",
            "Content-Range, ETag, Location, Retry-After, X-Request-ID"
        )
    }
}
