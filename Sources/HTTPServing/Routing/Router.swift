/// The routes of a server: which handler takes which method and path.
public struct Router: Sendable {
    /// A handler that answers at once on the event loop; it must not block or compute for long.
    public typealias ImmediateHandler = @Sendable (HTTPRequest) throws -> HTTPResponse
    /// A handler that runs off the event loop and is cancelled when the client is gone.
    public typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

    enum Action: Sendable {
        case immediate(ImmediateHandler)
        case asynchronous(Handler)
    }

    final class Route: Sendable {
        let number: Int
        let method: HTTPMethod
        let pattern: RoutePattern
        let scope: String?
        let bodyLimitBytes: Int?
        /// Whether it is answered beyond the limits on connections too.
        let isHealthCheck: Bool
        let action: Action

        init(
            number: Int,
            _ method: HTTPMethod,
            _ pattern: RoutePattern,
            scope: String?,
            bodyLimitBytes: Int?,
            isHealthCheck: Bool,
            _ action: Action
        ) {
            self.number = number
            self.method = method
            self.pattern = pattern
            self.scope = scope
            self.bodyLimitBytes = bodyLimitBytes
            self.isHealthCheck = isHealthCheck
            self.action = action
        }

        /// The longest body that the route takes on a server of these limits.
        func bodyLimit(_ limits: HTTPLimits) -> Int {
            bodyLimitBytes ?? limits.bodyBytes
        }
    }

    /// What a method and path lead to.
    enum Match: Sendable {
        case route(PathParameters)
        case methodNotAllowed(allow: String)
        case notFound
    }

    private(set) var routes: [Route] = []
    private var tree = RouteTree()
    private var leaves: [Leaf] = []

    /// What is at the end of a pattern.
    private struct Leaf: Sendable {
        var routes: [Int] = []
        /// The methods, as `Allow` lists them.
        var allow = ""
        /// Tells which paths stand for something, where the pattern takes any.
        var isThere: (@Sendable (_ rest: String) -> Bool)?
    }

    /// Creates a router without routes.
    public init() {}

    /// Lets `handler` answer requests of `method` at the paths of `pattern`, off the event loop.
    ///
    /// A route for GET takes HEAD as well; OPTIONS is answered by the router.
    /// - Parameters:
    ///   - method: The one method.
    ///   - pattern: As in "/v1/models/{name}/versions/{number:int}:predict"; "{rest...}" at the end
    ///     takes all that is left of a path that no other pattern fits.
    ///   - scope: What a bearer token must permit; nil lets everyone in.
    ///   - bodyLimitBytes: The longest body, checked before it is read; nil takes the server's.
    ///   - isHealthCheck: Whether the route is answered also on connections beyond the server's
    ///     limits, so that whoever watches the server can tell full from dead.
    ///   - handler: Answers, or throws an error that becomes the answer.
    public mutating func on(
        _ method: HTTPMethod,
        _ pattern: String,
        scope: String? = nil,
        bodyLimitBytes: Int? = nil,
        isHealthCheck: Bool = false,
        _ handler: @escaping Handler
    ) {
        add(method, pattern, scope, bodyLimitBytes, isHealthCheck, .asynchronous(handler))
    }

    /// Lets `handler` answer requests of `method` at the paths of `pattern`, on the event loop.
    ///
    /// For answers that are there already: the handler must neither block nor compute for long.
    /// The parameters are those of ``on(_:_:scope:bodyLimitBytes:isHealthCheck:_:)``.
    public mutating func onLoop(
        _ method: HTTPMethod,
        _ pattern: String,
        scope: String? = nil,
        bodyLimitBytes: Int? = nil,
        isHealthCheck: Bool = false,
        _ handler: @escaping ImmediateHandler
    ) {
        add(method, pattern, scope, bodyLimitBytes, isHealthCheck, .immediate(handler))
    }

    private mutating func add(
        _ method: HTTPMethod,
        _ text: String,
        _ scope: String?,
        _ bodyLimitBytes: Int?,
        _ isHealthCheck: Bool,
        _ action: Action
    ) {
        let pattern = RoutePattern(text)
        let leaf = tree.insert(pattern) {
            leaves.append(Leaf())
            return leaves.count - 1
        }
        precondition(
            !leaves[leaf].routes.contains { routes[$0].method == method },
            "\(method.name) \(text) has a handler already"
        )
        leaves[leaf].routes.append(routes.count)
        routes.append(
            Route(
                number: routes.count,
                method,
                pattern,
                scope: scope,
                bodyLimitBytes: bodyLimitBytes,
                isHealthCheck: isHealthCheck,
                action
            )
        )
        leaves[leaf].allow = allow(at: leaf)
    }

    /// RFC 9110 §10.2.1.
    private func allow(at leaf: Int) -> String {
        var methods = Set(leaves[leaf].routes.map { routes[$0].method }).union([.options])
        if methods.contains(.get) { methods.insert(.head) }
        return HTTPMethod.allCases.filter(methods.contains).map(\.name).joined(separator: ", ")
    }

    func match(_ method: HTTPMethod, _ path: RequestPath) -> Match {
        let found = tree.find(path.bytes.span) { leaf in
            // What takes any path says nothing about the methods of one.
            method == .options || route(method, at: leaf) != nil || !endsInRest(leaf)
        }
        guard let (leaf, captures) = found else { return matchWithoutMethod(path) }
        guard let number = route(method, at: leaf) else {
            return .methodNotAllowed(allow: leaves[leaf].allow)
        }
        let values = captures.map { String(lossy: path.bytes.span.extracting($0)) }
        return .route(PathParameters(route: routes[number], values: values))
    }

    /// Whether a path that no route takes with this method would be taken with another.
    private func matchWithoutMethod(_ path: RequestPath) -> Match {
        let found = tree.find(path.bytes.span) { leaves[$0].isThere != nil }
        guard let (leaf, captures) = found, let isThere = leaves[leaf].isThere,
            let rest = captures.last, isThere(String(lossy: path.bytes.span.extracting(rest)))
        else { return .notFound }
        return .methodNotAllowed(allow: leaves[leaf].allow)
    }

    /// Lets a handler of a pattern that ends in "{rest...}" be known to take only the paths for
    /// which `isThere` holds, so that other methods are not allowed there instead of not found.
    ///
    /// `isThere` is asked on the event loop, and only for methods that no route takes.
    mutating func declare(
        _ text: String,
        where isThere: @escaping @Sendable (_ rest: String) -> Bool
    ) {
        guard
            let leaf = leaves.indices.first(where: {
                routes[leaves[$0].routes[0]].pattern.text == text
            })
        else { preconditionFailure("there is no route \(text)") }
        leaves[leaf].isThere = isThere
    }

    private func route(_ method: HTTPMethod, at leaf: Int) -> Int? {
        let exact = leaves[leaf].routes.first { routes[$0].method == method }
        guard exact == nil, method == .head else { return exact }
        return leaves[leaf].routes.first { routes[$0].method == .get }
    }

    private func endsInRest(_ leaf: Int) -> Bool {
        leaves[leaf].routes.contains { routes[$0].pattern.segments.last == .rest }
    }
}
