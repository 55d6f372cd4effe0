import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct RoutingTests {
    private var application: HTTPApplication {
        HTTPServingTests.application { router in
            func say(_ method: HTTPMethod, _ pattern: String) {
                router.onLoop(method, pattern) { request in
                    let values = ["name", "number", "rest"].filter(pattern.contains)
                        .map { request.parameters[$0] }
                    return HTTPResponse(text: ([pattern] + values).joined(separator: " "))
                }
            }
            say(.get, "/")
            say(.get, "/v2")
            say(.get, "/models")
            say(.get, "/models/{name}")
            say(.put, "/models/{name}")
            say(.post, "/models/{name}:predict")
            say(.get, "/models/special")
            say(.post, "/models/{name}/versions/{number:int}:predict")
            say(.get, "/models/{name}/versions/{number:int}")
            say(.get, "/files/{rest...}")
        }
    }

    @Test(
        "a path leads to the pattern that says most about it",
        arguments: [
            ("GET", "/", "/"), ("GET", "/v2", "/v2"), ("GET", "/v2/", "/v2"),
            ("GET", "/models/dqn", "/models/{name} dqn"),
            ("GET", "/models/special", "/models/special"),
            ("GET", "/models/d%20q%c3%a9", "/models/{name} d qé"),
            ("GET", "/models/a:b", "/models/{name} a:b"),
            ("POST", "/models/dqn:predict", "/models/{name}:predict dqn"),
            ("POST", "/models/a:b:predict", "/models/{name}:predict a:b"),
            ("GET", "/models/dqn/versions/12", "/models/{name}/versions/{number:int} dqn 12"),
            (
                "POST", "/models/dqn/versions/7:predict",
                "/models/{name}/versions/{number:int}:predict dqn 7"
            ),
            ("GET", "/files/a/b.c", "/files/{rest...} a/b.c"),
            ("GET", "/files/", "/files/{rest...} "),
        ]
    )
    func match(method: String, path: String, expected: String) async throws {
        let method = try #require(HTTPMethod.allCases.first { $0.name == method })
        let response = await application.respond(to: method, path)
        #expect(String(decoding: try await response.body.collected(), as: UTF8.self) == expected)
    }

    @Test(
        "a path that no pattern fits is not found",
        arguments: [
            "/v", "/v2/x", "/models/", "/models//", "/models/dqn/versions/x",
            "/models/dqn/versions/-1", "/models/dqn/versions/99999999999999999999", "/Models",
        ]
    )
    func notFound(path: String) async {
        let status = await application.respond(to: .get, path).status
        #expect(status == (path == "/models/" ? .ok : .notFound), "\(path)")
    }

    @Test("a known path says which methods it takes")
    func allow() async {
        let wrong = await application.respond(to: .delete, "/models/dqn")
        #expect(wrong.status == .methodNotAllowed)
        #expect(wrong.headers["Allow"] == "GET, HEAD, PUT, OPTIONS")
        let predict = await application.respond(to: .put, "/models/dqn/versions/1:predict")
        #expect(predict.headers["Allow"] == "POST, OPTIONS")
        let options = await application.respond(to: .options, "/models")
        #expect(options.status == .noContent)
        #expect(options.headers["Allow"] == "GET, HEAD, OPTIONS")
        #expect(await application.respond(to: .post, "/files/x").status == .notFound)
        #expect(await application.respond(to: .head, "/models").status == .ok)
    }

    @Test("a method that is known but not offered is not allowed, also by no route at all")
    func trace() async {
        let trace = await application.respond(to: .trace, "/models/dqn")
        #expect(trace.status == .methodNotAllowed)
        #expect(trace.headers["Allow"] == "GET, HEAD, PUT, OPTIONS")
        #expect(await application.respond(to: .trace, "/nothing").status == .notFound)
    }

    @Test("a query is read as browsers write it")
    func query() async throws {
        let app = HTTPServingTests.application { router in
            router.onLoop(.get, "/") { request in
                let pairs = request.query.pairs.map { "\($0.name)=\($0.value)" }
                #expect(request.query["a"] == request.query.values(of: "a").first)
                return HTTPResponse(text: pairs.joined(separator: ";"))
            }
        }
        for (query, expected) in [
            ("?a=1&a=2", "a=1;a=2"), ("?a=b+c%2Bd", "a=b c+d"), ("?a", "a="), ("?&&a=&", "a="),
            ("?=x", "=x"), ("?a=b=c", "a=b=c"), ("?%61=%C3%A9", "a=é"), ("?", ""), ("", ""),
            ("?a=%ff", "a=\u{FFFD}"), ("?a?b=/", "a?b=/"),
        ] {
            let body = try await app.respond(to: .get, "/\(query)").body.collected()
            #expect(String(decoding: body, as: UTF8.self) == expected, "\(query)")
        }
    }

    @Test("two handlers for one method and path are a mistake")
    func twice() async {
        await #expect(processExitsWith: .failure) {
            var router = Router()
            router.onLoop(.get, "/{a}") { _ in HTTPResponse() }
            router.onLoop(.get, "/{b}") { _ in HTTPResponse() }
        }
    }
}
