import HTTPServing
import Testing

/// One thing a client may send, and what has to come back.
struct Vector: Sendable, CustomTestStringConvertible {
    /// What happens to the connection after the last answer.
    enum After: Sendable {
        case stays, closes, either
    }

    let name: String
    let bytes: [UInt8]
    /// The statuses that may come back, one set for each response in order; 100 is an interim one.
    let statuses: [Set<Int>]
    let after: After
    /// Whether the client sends its end after the bytes.
    let ends: Bool

    init(
        _ name: String,
        _ text: String,
        _ statuses: Set<Int>...,
        after: After = .stays,
        ends: Bool = false
    ) {
        self.init(name, Array(text.utf8), statuses, after: after, ends: ends)
    }

    init(
        _ name: String,
        _ bytes: [UInt8],
        _ statuses: [Set<Int>],
        after: After = .stays,
        ends: Bool = false
    ) {
        self.name = name
        self.bytes = bytes
        self.statuses = statuses
        self.after = after
        self.ends = ends
    }

    var testDescription: String { name }

    /// What all vectors are sent to.
    static var application: HTTPApplication {
        var router = Router()
        router.onLoop(.get, "/") { _ in HTTPResponse(text: "root") }
        router.onLoop(.get, "/ok") { _ in HTTPResponse(text: "ok") }
        router.onLoop(.post, "/echo") { request in
            HTTPResponse(bytes: request.body, contentType: "application/octet-stream")
        }
        router.onLoop(.post, "/tiny", bodyLimitBytes: 4) { _ in HTTPResponse() }
        router.onLoop(.get, "/items/{id}") { request in
            HTTPResponse(text: request.parameters["id"])
        }
        router.onLoop(.delete, "/items/{id}") { request in
            _ = try request.unchanged(EntityTag("v1"), now: HTTPDate(secondsSinceEpoch: 0))
            return HTTPResponse(.noContent)
        }
        router.onLoop(.get, "/tagged") { request in
            let tag = EntityTag("v1")
            let modified = HTTPDate(secondsSinceEpoch: 784_111_777)
            let now = HTTPDate(secondsSinceEpoch: 1_700_000_000)
            if let unchanged = try request.unchanged(tag, modified: modified, now: now) {
                return unchanged
            }
            return HTTPResponse(headers: ["ETag": tag.description], body: .bytes([1, 2, 3]))
        }
        var policy = AccessPolicy()
        policy.hosts = nil
        return HTTPApplication(router: router, policy: policy)
    }
}

func get(_ target: String, _ fields: String = "") -> String {
    "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
}

func post(_ target: String, _ fields: String, _ body: String = "") -> String {
    "POST \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
}

func chunked(_ body: String) -> String {
    post("/echo", "Transfer-Encoding: chunked\r\n", body)
}
