import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct AcceptTests {
    private let application = HTTPServingTests.application { router in
        router.onLoop(.get, "/") { request in
            let type = request.preferredMediaType(among: ["application/json", "text/csv"])
            return HTTPResponse(text: type ?? "none")
        }
    }

    @Test(
        "a client gets the media type that it likes best",
        arguments: [
            (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"),
            ("text/csv", "text/csv"), ("TEXT/CSV", "text/csv"), ("text/*", "text/csv"),
            ("text/csv;q=0", "none"), ("text/csv; q=0, */*", "application/json"),
            ("*/*, text/csv;q=0", "application/json"), ("text/*, text/csv;q=0", "none"),
            ("application/json;q=0.2, text/csv;q=0.3", "text/csv"),
            ("application/json;q=0.3, text/csv;q=0.2", "application/json"),
            ("text/csv, application/json", "application/json"),
            ("text/csv, */*", "text/csv"), ("text/csv;q=0.5, */*", "application/json"),
            ("application/json;Q=0.001, text/csv;q=0", "application/json"),
            ("text/csv;charset=utf-8", "text/csv"), ("text/csv;charset=\"a,b\";q=0.9", "text/csv"),
            ("application/json;q=0.9, text/*;q=1.0", "text/csv"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
            ("application/json, text/plain, */*", "application/json"),
            ("image/png", "none"), ("text/csvx", "none"), ("x-text/csv", "none"),
            ("not-text/csv, */*;q=0.1", "application/json"),
            // A malformed weight is no wish.
            ("text/csv;q=2", "none"), ("text/csv;q=-1", "none"), ("text/csv;q=nan", "none"),
            ("text/csv;q=0.1234", "none"), ("text/csv;q=1.001", "none"), ("text/csv;q=", "none"),
            (",, ,text/csv,", "text/csv"), ("text/csv \t; q = 0.5", "text/csv"),
            // A quoted string without an end makes the list unreadable.
            ("text/csv;a=\"", "application/json"),
        ] as [(String?, String)]
    )
    func preferred(accept: String?, expected: String) async throws {
        var headers = HTTPHeaders()
        headers["Accept"] = accept
        let body = try await application.respond(to: .get, "/", headers: headers).body.collected()
        #expect(String(decoding: body, as: UTF8.self) == expected, "\(accept ?? "-")")
    }

    @Test("several fields are one list")
    func severalFields() async throws {
        var headers: HTTPHeaders = ["Accept": "application/json;q=0.1"]
        headers.append("Accept", "text/csv;q=0.2")
        let body = try await application.respond(to: .get, "/", headers: headers).body.collected()
        #expect(String(decoding: body, as: UTF8.self) == "text/csv")
    }
}
