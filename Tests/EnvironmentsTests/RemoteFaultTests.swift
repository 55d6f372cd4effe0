import Environments
import Foundation
import RandomNumbers
import Testing

/// What may go wrong with an endpoint.
@Suite(.timeLimit(.minutes(5))) struct RemoteFaultTests {
    private static let step =
        #"{"step_id":1,"observation":[1,2],"reward":0,"terminated":false,"truncated":false}"#

    /// A right answer to the first step with one piece of it replaced.
    private static func changed(_ piece: String, _ other: String) -> FakeEndpoint.Reply {
        .json(step.replacing(piece, with: other))
    }

    private static func raw(_ head: String, isClosed: Bool = true) -> FakeEndpoint.Reply {
        .raw("HTTP/1.1 200 OK\r\n" + head + "\r\n", isClosed: isClosed)
    }

    /// What a step that is answered so says, less the URL.
    private func fault(
        of replies: FakeEndpoint.Reply...,
        options: EnvironmentOptions = ["retries": 0]
    ) throws -> String {
        let endpoint = try FakeEndpoint.playing { _, index in replies[min(index, replies.count - 1)]
        }
        defer { endpoint.stop() }
        var environment = try endpoint.makeEnvironment(options)
        _ = try environment.begin()
        let error = #expect(throws: EnvironmentError.self) { _ = try environment.play(1) }
        guard case .endpointFailed(let reason) = error else { return "\(error as Any)" }
        return reason.replacing(endpoint.url, with: "URL")
    }

    @Test(
        "each wrong answer to a step has its sentence",
        arguments: [
            (.status(500, "it\nbroke"), "answered status 500, expected 200: it broke"),
            (.status(404, ""), "answered status 404, expected 200: an empty body"),
            (
                .status(500, String(repeating: "x", count: 300)),
                "answered status 500, expected 200: " + String(repeating: "x", count: 200) + "…"
            ),
            (
                .raw(
                    "HTTP/1.1 302 Found\r\nLocation: http://a.example/\r\nContent-Length: 0\r\n\r\n",
                    isClosed: false
                ),
                "answered status 302 with the location http://a.example/: redirects are not followed, "
                    + "give the URL that they lead to"
            ),
            (
                .json("<html>"),
                "answered with what is not valid JSON at byte 0: expected a value, got '<': <html>"
            ),
            (
                .json(#"{"observation":[NaN,1]}"#),
                #"answered with a number that is not finite at byte 16: {"observation":[NaN,1]}"#
            ),
            (.json("[]"), "answered with a list, expected an object"),
            (.json("{}"), "answered without \"step_id\"; it has nothing"),
            (
                .json(#"{"step_id":1,"observation":[1,2],"reward":1,"done":true}"#),
                "answered without \"terminated\"; it has \"step_id\", \"observation\", \"reward\", "
                    + "\"done\""
            ),
            (
                changed(#""truncated":false"#, #""truncated":0"#),
                "answered with 0 as \"truncated\", expected true or false"
            ),
            (
                changed(#""reward":0"#, #""reward":"high""#),
                "answered with \"high\" as \"reward\", expected a number of float32"
            ),
            (
                changed(#""reward":0"#, #""reward":1e300"#),
                "answered with 1e+300 as \"reward\", expected a number of float32"
            ),
            (changed(#""step_id":1"#, #""step_id":2"#), "answered to step_id 2, was asked for 1"),
            (
                changed("[1,2]", "[1,2,3]"),
                "answered with an observation that has the shape [3] or is ragged, expected the shape "
                    + "[2] of float32"
            ),
            (changed("[1,2]", "7"), "answered with an observation that has a number, expected the"),
            (
                changed("[1,2]", "[1,null]"),
                "answered with an observation that has null in place of number 1"
            ),
            (
                changed("[1,2]", "[1,1e39]"),
                "answered with an observation that has 1e+39 as number 1, too large for float32"
            ),
            (
                changed("[1,2]", #"{"b64":"AAAA"}"#),
                "answered with an observation that has 3 bytes, expected 8 for the shape [2] of"
            ),
            (
                changed("[1,2]", #"{"b64":"!"}"#),
                "answered with an observation that has a \"b64\" that is no base64"
            ),
            (
                changed("[1,2]", #"{"b64":"AACAfwAAgD8="}"#),
                "answered with an observation that has number 0, which is not finite"
            ),
            (
                changed("[1,2]", "{}"),
                "answered with an observation that must be numbers or {\"b64\":\"…\"}, got an object"
            ),
            (.raw("hello\r\n", isClosed: true), "does not speak HTTP/1.1, it sent: hello"),
            (raw("Content-Length: 999999\r\n"), "answered with more than 66048 bytes, which no"),
            (raw("Content-Length: 9\r\n"), "closed the connection before its answer was whole"),
        ] as [(FakeEndpoint.Reply, String)]
    )
    func wrongAnswers(reply: FakeEndpoint.Reply, sentence: String) throws {
        let found = try fault(of: reply)
        #expect(found.hasPrefix("URL/step \(sentence)"), "\(found)")
    }

    @Test(
        "what an endpoint says of itself is refused with what would be right",
        arguments: [
            (#"{"protocol":2}"#, "speaks protocol 2, this server speaks 1: upgrade dqn-server"),
            (
                #"{"protocol":"0.9"}"#,
                "speaks protocol \"0.9\", this server speaks 1: upgrade the env"
            ),
            ("{}", "answered without \"protocol\"; it has nothing"),
            (
                #"{"protocol":1,"actions":2}"#,
                "answered without \"observation\"; it has \"protocol\""
            ),
            (
                #"{"protocol":1,"observation":{"shape":[0]},"actions":2}"#,
                "says of itself what cannot be: \"observation\" must have a \"shape\" of 1 to 3"
            ),
            (
                #"{"protocol":1,"observation":{"shape":[4]},"actions":1}"#,
                "says of itself what cannot be: \"actions\" must be a list of 2 to 1024 different names"
            ),
            (
                #"{"protocol":1,"observation":{"shape":[4]},"actions":[null]}"#,
                "says of itself what cannot be: \"actions\" must be a list of 2 to 1024 different names"
            ),
        ]
    )
    func wrongSpec(spec: String, sentence: String) throws {
        let endpoint = try FakeEndpoint.playing(spec: spec) { _, _ in .silence }
        defer { endpoint.stop() }
        let error = #expect(throws: EnvironmentError.self) { _ = try endpoint.makeEnvironment() }
        #expect(
            error?.description.hasPrefix("\(endpoint.url)/spec \(sentence)") == true,
            "\(error as Any)"
        )
    }

    @Test("a step whose answer was lost or late is asked for again under the same number")
    func retried() throws {
        let endpoint = try FakeEndpoint.playing { _, index in
            switch index {
            case 0: Self.raw("Content-Length: 9\r\n")
            case 1: .silence
            default: .json(Self.step)
            }
        }
        defer { endpoint.stop() }
        var environment = try endpoint.makeEnvironment(["timeout_seconds": 0.2])
        _ = try environment.begin()
        _ = try environment.play(1)
        let steps = endpoint.lines.filter { $0.hasPrefix("POST /step") }
        #expect(
            steps
                == [String](
                    repeating: #"POST /step {"session":"s","step_id":1,"action":1}"#,
                    count: 3
                )
        )
    }

    @Test("an endpoint that is silent or breaks off each time is given up after its retries")
    func givenUp() throws {
        #expect(
            try fault(of: .silence, options: ["timeout_seconds": 0.05, "retries": 1])
                == "URL/step did not answer within 0.05 s; \"timeout_seconds\" may be longer"
        )
        #expect(
            try fault(of: Self.raw("Content-Length: 9\r\n"), options: ["retries": 1])
                == "URL/step closed the connection before its answer was whole"
        )
        // What is wrong is not asked for again: it would be wrong again.
        let replies = [FakeEndpoint.Reply.status(500, "x"), .json(Self.step)]
        #expect(try fault(of: replies[0], replies[1], options: ["retries": 9]).contains("500"))
    }

    @Test("a kept connection that the endpoint has closed is opened again, which is no retry")
    func staleConnection() throws {
        let closing = FakeEndpoint.Reply.raw(
            "HTTP/1.1 200 OK\r\nContent-Length: \(Self.step.utf8.count)\r\n\r\n" + Self.step,
            isClosed: true
        )
        let endpoint = try FakeEndpoint.playing { _, index in
            index == 1 ? .json(Self.step.replacing(":1,", with: ":2,")) : closing
        }
        defer { endpoint.stop() }
        var environment = try endpoint.makeEnvironment(["retries": 0])
        _ = try environment.begin()
        _ = try environment.play(1)
        _ = try environment.play(1)
        let steps = endpoint.requests.filter { $0.line == "POST /step" }
        #expect(steps.map { $0.connection } == [1, 2])
    }

    @Test("an endpoint that is started again is waited for")
    func startedAgain() throws {
        let first = try FakeEndpoint.playing { _, _ in .silence }
        var environment = try first.makeEnvironment()
        _ = try environment.begin()
        first.stop()
        let second = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var endpoint: FakeEndpoint?
        let port = first.port
        Thread.detachNewThread {
            // Read after the signal alone.
            unsafe endpoint = try? FakeEndpoint(port: port) { _, _ in .json(Self.step) }
            second.signal()
        }
        _ = try environment.play(1)
        second.wait()
        unsafe endpoint?.stop()
    }
}
