/// All that answers requests, without the connections that carry them: routes, who may use them,
/// and how errors look.
///
/// A server drives one over sockets; tests call ``respond(to:_:headers:body:limits:)`` in process.
public final class HTTPApplication: Sendable {
    /// Turns an error into an answer: an ``HTTPError`` of this module, or what a handler threw.
    public typealias ErrorResponse = @Sendable (any Error) -> HTTPResponse

    /// What is done about a request, told by its header alone.
    enum Plan: Sendable {
        case run(PathParameters)
        case answer(HTTPResponse)

        var isHealthCheck: Bool {
            if case .run(let parameters) = self { parameters.route.isHealthCheck } else { false }
        }
    }

    let router: Router
    private let policy: AccessPolicy
    private let crossOrigin: CrossOrigin
    private let errorResponse: ErrorResponse

    /// Creates an application of its parts; `errorResponse` is called for every error, also those
    /// of the protocol.
    public init(
        router: Router,
        policy: AccessPolicy = AccessPolicy(),
        errorResponse: @escaping ErrorResponse = HTTPApplication.plainError
    ) {
        self.router = router
        self.policy = policy
        self.errorResponse = errorResponse
        crossOrigin = CrossOrigin(policy: policy)
    }

    /// An error as a line of text; the text of errors that are no ``HTTPError`` stays inside.
    public static func plainError(_ error: any Error) -> HTTPResponse {
        guard let error = error as? HTTPError else {
            return HTTPResponse(.internalServerError, text: "something went wrong here\n")
        }
        return HTTPResponse(error.status, text: "\(error.message)\n")
    }

    /// The answer for an error, with the fields that the error itself asks for.
    func response(for error: any Error) -> HTTPResponse {
        var response = errorResponse(error)
        if let error = error as? HTTPError {
            for (name, value) in error.headers.fields where response.headers[name] == nil {
                response.headers.append(name, value)
            }
        }
        return response
    }

    /// The answer for an error, as the page that asked may read it.
    func response(for error: HTTPError, to head: RequestHead) -> HTTPResponse {
        marked(response(for: error), for: head)
    }

    func plan(for head: RequestHead) -> Plan {
        do throws(HTTPError) {
            guard let method = head.method, method != .connect else {
                throw HTTPError(
                    .notImplemented,
                    code: "method_not_implemented",
                    "the method is not implemented"
                )
            }
            let isPreflight = CrossOrigin.isPreflight(head, method)
            if !isPreflight { try policy.admit(head, method: method) }
            guard head.line.form != .asterisk else {
                return .answer(
                    marked(HTTPResponse(.noContent, headers: ["Allow": Self.allMethods]), for: head)
                )
            }
            guard let path = RequestPath(head.bytes(of: head.line.path)) else {
                throw HTTPError(
                    .badRequest,
                    code: "malformed_path",
                    "path has a dot segment, an encoded slash or bytes that are no text"
                )
            }
            return try plan(for: head, method, path, isPreflight: isPreflight)
        } catch {
            return .answer(response(for: error, to: head))
        }
    }

    private func plan(
        for head: RequestHead,
        _ method: HTTPMethod,
        _ path: RequestPath,
        isPreflight: Bool
    ) throws(HTTPError) -> Plan {
        switch router.match(method, path) {
        case .route(let parameters):
            try policy.authorize(head, scope: parameters.route.scope)
            // A body that nobody can read need not be sent.
            _ = try ContentCoding.of(head.fields)
            return .run(parameters)
        case .methodNotAllowed(let allow) where isPreflight:
            return .answer(marked(crossOrigin.preflight(head, allow: allow), for: head))
        case .methodNotAllowed(let allow) where method == .options:
            return .answer(
                marked(HTTPResponse(.noContent, headers: ["Allow": allow]), for: head)
            )
        case .methodNotAllowed(let allow):
            throw HTTPError(
                .methodNotAllowed,
                code: "method_not_allowed",
                "\(method.name) is not allowed here, expected one of \(allow)",
                headers: ["Allow": allow]
            )
        case .notFound:
            throw HTTPError.notFound
        }
    }

    private static let allMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

    /// Runs a handler that answers at once.
    func run(
        _ handler: Router.ImmediateHandler,
        _ request: HTTPRequest,
        bodyLimitBytes: Int
    ) -> HTTPResponse {
        do {
            let response = try handler(try decoded(request, limitBytes: bodyLimitBytes))
            // More than this would hold up the other connections.
            return marked(
                encoded(response, for: request.head, limitBytes: 32 << 10),
                for: request.head
            )
        } catch {
            return marked(response(for: error), for: request.head)
        }
    }

    /// Runs a handler that takes its time.
    func run(
        _ handler: Router.Handler,
        _ request: HTTPRequest,
        bodyLimitBytes: Int
    ) async -> HTTPResponse {
        do {
            let response = try await handler(try decoded(request, limitBytes: bodyLimitBytes))
            return marked(
                encoded(response, for: request.head, limitBytes: .max),
                for: request.head
            )
        } catch {
            return marked(response(for: error), for: request.head)
        }
    }

    private func marked(_ response: HTTPResponse, for head: RequestHead) -> HTTPResponse {
        var response = response
        crossOrigin.mark(&response, for: head)
        return response
    }
}
