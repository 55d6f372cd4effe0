/// Who may use a server: by token where there are tokens, else from this machine alone.
public struct AccessPolicy: Sendable {
    /// The tokens that are taken; with none, no route asks for one.
    public var tokens: [BearerToken] = []
    /// The names under which a server without tokens may be addressed, without a port;
    /// nil takes any.
    ///
    /// A web page that makes its own name resolve to 127.0.0.1 is told apart by this.
    public var hosts: [String]? = ["localhost", "127.0.0.1", "[::1]"]
    /// What an operator can do about a name that is not taken, as the end of the refusal's sentence.
    public var hostAdvice: String?
    /// The origins whose pages may use the server besides its own, as in
    /// "https://example.org"; "*" lets all in.
    public var origins: Set<String> = []

    /// Creates the policy written at each property.
    public init() {}

    /// Checks what can be told before the route is known.
    func admit(_ head: RequestHead, method: HTTPMethod) throws(HTTPError) {
        guard tokens.isEmpty else { return }
        if let hosts {
            let isListed = head.host.map { host in
                hosts.contains { head.bytes(of: host).equalsIgnoringCase($0.utf8.span) }
            }
            guard isListed == true else {
                throw HTTPError(
                    .forbidden,
                    code: "host_not_allowed",
                    "host is \(head.host.map(head.text) ?? "not given"), expected one of "
                        + hosts.joined(separator: ", ") + (hostAdvice.map { "; \($0)" } ?? "")
                )
            }
        }
        // A browser names the page that sends a request which may change something; a page of
        // another origin must not be able to act through the browser of whoever visits it.
        if !method.isSafe, let origin = head.fields["Origin"], !permits(origin, at: head) {
            throw HTTPError(
                .forbidden,
                code: "origin_not_allowed",
                "origin \(origin) may not change anything here"
            )
        }
    }

    /// Checks the request's token against what its route asks for (RFC 6750 §3).
    func authorize(_ head: RequestHead, scope: String?) throws(HTTPError) {
        guard let scope, !tokens.isEmpty else { return }
        guard let index = head.fields.firstIndex(of: .authorization) else {
            throw unauthorized("a bearer token is required", challenge: "Bearer")
        }
        let value = head.fields.value(at: index)
        let scheme = ("bearer " as StaticString).bytes
        guard value.count > scheme.count,
            value.extracting(first: scheme.count).equalsIgnoringCase(scheme)
        else { throw unauthorized("a bearer token is required", challenge: "Bearer") }
        let secret = value.extracting(
            value.trimmingOptionalWhitespace(scheme.count..<value.count)
        )
        var scopes: Set<String>?
        for token in tokens where token.matches(secret) {
            scopes = token.scopes.union(scopes ?? [])
        }
        guard let scopes else {
            throw unauthorized(
                "the bearer token is not known",
                challenge: "Bearer error=\"invalid_token\""
            )
        }
        guard scopes.contains(scope) else {
            throw HTTPError(
                .forbidden,
                code: "insufficient_scope",
                "the bearer token does not permit \"\(scope)\"",
                headers: [
                    "WWW-Authenticate": "Bearer error=\"insufficient_scope\", scope=\"\(scope)\""
                ]
            )
        }
    }

    /// Whether pages of `origin` may use the server: its own, and those on the list.
    private func permits(_ origin: String, at head: RequestHead) -> Bool {
        if isListed(origin) { return true }
        guard let authority = head.authority.map({ head.text(of: $0).lowercased() }) else {
            return false
        }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }

    /// Whether the answer may be read by pages of `origin` (Fetch, CORS protocol).
    func isListed(_ origin: String) -> Bool {
        origins.contains("*") || origins.contains(origin)
    }

    private func unauthorized(_ message: String, challenge: String) -> HTTPError {
        HTTPError(
            .unauthorized,
            code: "unauthorized",
            message,
            headers: ["WWW-Authenticate": challenge]
        )
    }
}
