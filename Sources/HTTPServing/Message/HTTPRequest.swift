/// A complete request, as a handler gets it.
public struct HTTPRequest: Sendable {
    let head: RequestHead
    /// The method; a handler of GET is asked for HEAD as well.
    public let method: HTTPMethod
    /// The content, with the chunked coding and any `Content-Encoding` taken off.
    public internal(set) var body: [UInt8]
    /// The values of the route's parameters.
    public let parameters: PathParameters
    /// Where the request came from.
    public let peer: PeerAddress
    /// What the request is called in logs and in the answer's `X-Request-ID`.
    public let id: RequestID

    /// Creates the request of a head whose method is known, since a route was found for it.
    init(
        _ head: RequestHead,
        _ parameters: PathParameters,
        body: [UInt8],
        peer: PeerAddress,
        id: RequestID
    ) {
        self.head = head
        method = head.method ?? parameters.route.method
        self.body = body
        self.parameters = parameters
        self.peer = peer
        self.id = id
    }

    /// The header fields.
    public var headers: HTTPFields {
        head.fields
    }

    /// The target as it came, undecoded.
    public var target: String {
        head.text(of: head.line.target)
    }

    /// The parameters behind the "?"; read anew at each call.
    public var query: HTTPQuery {
        guard let query = head.line.query else { return HTTPQuery(Span()) }
        return HTTPQuery(head.bytes(of: query))
    }

    /// The media type of the content, lower-cased and without parameters.
    public var contentType: String? {
        headers["Content-Type"]?.prefix { $0 != ";" }.lowercased()
            .split(separator: " ").first.map(String.init)
    }
}

/// The values that a path gave a route's parameters.
public struct PathParameters: Sendable {
    let route: Router.Route
    let values: [String]

    /// The value of the route's parameter `name`, decoded; trapping where the route has none.
    public subscript(name: String) -> String {
        guard let index = route.pattern.parameters.firstIndex(of: name) else {
            preconditionFailure("route \(route.pattern.text) has no parameter \(name)")
        }
        return values[index]
    }

    /// The value of a parameter that the route declares as `{name:int}`.
    public func integer(_ name: String) -> Int {
        guard let value = Array(self[name].utf8).span.decimal() else {
            preconditionFailure("route \(route.pattern.text) does not declare {\(name):int}")
        }
        return value
    }
}
