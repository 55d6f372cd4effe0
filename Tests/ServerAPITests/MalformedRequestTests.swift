import Foundation
import Frames
import HTTPServing
import JSONFields
import Testing

/// Requests that are wrong in one way each: every one gets a 4xx whose sentence names the fault.
@Suite(.timeLimit(.minutes(5))) struct MalformedRequestTests {
    @Test("every malformed body of a job is refused with what is wrong")
    func jobs() async throws {
        try await withAPI(.inProcess) { api in
            for (body, sentence) in Self.jobBodies {
                let answer = try await api.send(
                    .post,
                    "/v1/jobs",
                    headers: ["Content-Type": "application/json"],
                    body: Array(body.utf8)
                )
                check(answer, sentence)
            }
            #expect(try await api.get("/v1/jobs").json["jobs"].count == 0)
            #expect(api.unforeseen.isEmpty)
        }
    }

    @Test("every malformed upload of states is refused with what is wrong")
    func states() async throws {
        try await withAPI(.inProcess) { api in
            let pixels = try await QValueRouteTests.trainedModel(api)
            for (type, body, sentence) in Self.pixelUploads {
                let answer = try await api.send(
                    .post,
                    pixels,
                    headers: ["Content-Type": type],
                    body: body
                )
                check(answer, sentence)
            }
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            for (type, body, sentence) in Self.numberUploads {
                let answer = try await api.send(
                    .post,
                    "/v1/models/\(id)/q-values",
                    headers: ["Content-Type": type],
                    body: body
                )
                check(answer, sentence)
            }
            #expect(api.unforeseen.isEmpty)
        }
    }

    private func check(_ answer: APIUnderTest.Answer, _ sentence: String) {
        let error = answer.json["error"].string ?? ""
        let details = answer.json["details"].elements.map {
            "\($0["pointer"].string ?? ""): \($0["message"].string ?? "")"
        }
        #expect((400..<500).contains(answer.status), "\(answer.status) \(answer.text)")
        #expect(
            ([error] + details).contains { $0.contains(sentence) },
            "\"\(sentence)\" is not in \(answer.text)"
        )
    }

    /// Bodies of `POST /v1/jobs`, and what the answer must say.
    static let jobBodies: [(String, String)] =
        [
            ("", "not valid JSON at byte 0: expected a value, got the end"),
            ("{", "expected a name in quotes"),
            ("[]", "must be an object, got a list"),
            ("null", "must be an object, got null"),
            (
                #"{"environment":"http","environment_options":{"url":"http://10.0.0.1:9"}}"#,
                "started with --allow-environment-url http://10.0.0.1:9"
            ),
            ("\"catch\"", "must be an object, got a string"),
            ("{\"preset\":\"catch\",}", "expected a name in quotes, got '}'"),
            ("{\"preset\":\"catch\"} x", "expected nothing more"),
            ("{\"preset\":\"catch\",\"preset\":\"catch\"}", "the name \"preset\" stands twice"),
            ("{'preset':'catch'}", "expected a name in quotes"),
            ("\u{feff}{}", "expected a value, got byte 239"),
            (String(repeating: "[", count: 5000), "nested deeper than 100"),
            ("{\"seed\":1e400,\"preset\":\"catch\"}", "the number 1e400 is too large"),
            ("{\"seed\":NaN,\"preset\":\"catch\"}", "expected a value, got 'N'"),
            ("{\"name\":\"\\ud800\",\"preset\":\"catch\"}", "half of a surrogate pair"),
            ("{}", "/environment: is missing"),
            ("{\"preset\":\"cach\"}", "there is no preset \"cach\"; did you mean \"catch\"?"),
            ("{\"preset\":7}", "/preset: must be a string"),
            ("{\"environment\":\"atari/brakout\"}", "did you mean \"atari/breakout\"?"),
            ("{\"environment\":\"\"}", "/environment: must not be empty"),
            ("{\"environment\":5}", "/environment: must be a string"),
            ("{\"environment\":\"atari/breakout\"}", "is not available here"),
            ("{\"preset\":\"catch\",\"sed\":3}", "/sed: unknown field; did you mean \"seed\"?"),
            ("{\"preset\":\"catch\",\"seed\":-1}", "/seed: must be a whole number 0..."),
            ("{\"preset\":\"catch\",\"seed\":1.5}", "/seed: must be a whole number"),
            ("{\"preset\":\"catch\",\"seed\":\"1\"}", "/seed: must be a whole number"),
            (
                "{\"preset\":\"catch\",\"total_agent_steps\":0}",
                "/total_agent_steps: must be a whole"
            ),
            ("{\"preset\":\"catch\",\"name\":3}", "/name: must be a string"),
            (
                "{\"preset\":\"catch\",\"name\":\"\(String(repeating: "x", count: 201))\"}",
                "/name: must be a string of at most 200 characters"
            ),
            ("{\"preset\":\"catch\",\"name\":\"\"}", "/name: must not be empty"),
            (
                "{\"preset\":\"catch\",\"name\":\"e\(String(repeating: "\u{301}", count: 200))\"}",
                "/name: must be a string of at most 200 characters, got a string of 201"
            ),
            (
                "{\"preset\":\"catch\",\"name\":\"a\\u0000b\"}",
                "/name: must not contain control characters, got U+0000 as character 2"
            ),
            (
                "{\"preset\":\"catch\",\"name\":\"\u{202e}b\"}",
                "/name: must not contain control characters, got U+202E as character 1"
            ),
            (
                "{\"preset\":\"cartpole\",\"environment_options\":{\"a\\u001b\":1}}",
                "the name must not contain control characters, got U+001B as character 2"
            ),
            ("{\"preset\":\"catch\",\"environment_options\":[]}", "must be an object, got a list"),
            (
                "{\"preset\":\"catch\",\"environment_options\":{\"x\":[null]}}",
                "must be a boolean, number, string, list or object, without null in it, got a list"
            ),
            (
                "{\"preset\":\"cartpole\",\"environment_options\":{\"time_limit_step\":9}}",
                "time_limit_steps"
            ),
            ("{\"preset\":\"cartpole\",\"environment_options\":{\"time_limit_steps\":0}}", "got 0"),
            (
                "{\"preset\":\"catch\",\"algorithm\":\"sarsa\"}",
                "/algorithm: must be one of \"dqn\""
            ),
            ("{\"preset\":\"catch\",\"algorithm\":\"q_learning\"}", "states can be counted"),
            ("{\"preset\":\"catch\",\"hyperparameters\":3}", "/hyperparameters: must be an object"),
            (
                "{\"preset\":\"catch\",\"checkpoint_every_agent_steps\":-5}",
                "must be a whole number 0..."
            ),
            (
                "{\"preset\":\"catch\",\"evaluation\":{\"episodes\":0}}",
                "/evaluation/episodes: must be"
            ),
            (
                "{\"preset\":\"catch\",\"evaluation\":{\"epsilon\":2}}",
                "/evaluation/epsilon: must be"
            ),
            ("{\"preset\":\"catch\",\"evaluation\":true}", "/evaluation: must be an object"),
        ] + hyperparameters

    /// Hyperparameters of the preset `catch`, and what the answer must say.
    private static let hyperparameters: [(String, String)] = [
        ("\"batch_size\":0", "/hyperparameters/batch_size: must be a whole number 1...4096, got 0"),
        ("\"batch_size\":\"32\"", "/hyperparameters/batch_size: must be a whole number"),
        ("\"batchsize\":32", "unknown field; did you mean \"batch_size\"?"),
        ("\"discount\":1.01", "/hyperparameters/discount: must be a number 0.0...1.0, got 1.01"),
        (
            "\"value_head\":\"categorical\",\"v_min\":3,\"v_max\":1",
            "v_min: must be less than v_max, 1.0, got 3.0"
        ),
        ("\"loss\":\"huge\"", "\"half_squared\", got \"huge\""),
        ("\"optimizer\":{\"type\":\"sgd\"}", "/hyperparameters/optimizer/type: must be one of"),
        (
            "\"optimizer\":{\"learning_rate\":-1}",
            "/hyperparameters/optimizer/learning_rate: must be"
        ),
        ("\"optimizer\":{\"beta3\":0.1}", "/hyperparameters/optimizer/beta3: unknown field"),
        ("\"network\":{}", "/hyperparameters/network: must be a list"),
        (
            "\"replay_capacity_frames\":2",
            "/hyperparameters/replay_capacity_frames: must be at least"
        ),
        ("\"network\":[{\"type\":\"lstm\"}]", "/hyperparameters/network/0/type: must be one of"),
        ("\"network\":[{\"type\":\"dense\"}]", "/hyperparameters/network/0/units: is missing"),
        (
            "\"network\":[{\"type\":\"conv2d\",\"filters\":4,\"kernel_size\":64},"
                + "{\"type\":\"conv2d\",\"filters\":4,\"kernel_size\":64}]",
            "layer 1: a kernel of 64×64 does not fit an image of 21×21"
        ),
        ("\"replay_capacity_frames\":4", "must be at least 6 for states of 4 frames, got 4"),
        ("\"update_period_agent_steps\":0", "/hyperparameters/update_period_agent_steps: must be"),
        (
            "\"target_update_period_updates\":5,\"target_update_period_agent_steps\":5",
            "cannot stand beside target_update_period_agent_steps"
        ),
        ("\"initial_epsilon\":1.5", "/hyperparameters/initial_epsilon: must be a number"),
        ("\"clip_rewards\":1", "/hyperparameters/clip_rewards: must be true or false, got 1"),
    ].map { ("{\"preset\":\"catch\",\"hyperparameters\":{\($0.0)}}", $0.1) }

    private static let json = "application/json"
    private static let binary = "application/octet-stream"

    /// Uploads to a model of four frames of 84×84.
    static let pixelUploads: [(String, [UInt8], String)] = [
        (binary, [], "the body has 0 bytes, expected a multiple of 28224"),
        (binary, [1, 2, 3], "the body has 3 bytes"),
        ("text/plain", [1], "states come as application/octet-stream"),
        (json, Array("".utf8), "not valid JSON"),
        (json, Array("{}".utf8), "/states: is missing"),
        (json, Array("{\"states\":3}".utf8), "/states: must be an object, got a number"),
        (json, Array("{\"states\":[]}".utf8), "expected a multiple of 28224"),
        (json, Array("{\"states\":[1,2,3]}".utf8), "states hold 3 numbers"),
        (json, Array("{\"states\":[[1,2],[3]]}".utf8), "array has 1 elements, expected 2"),
        (json, Array("{\"states\":[256]}".utf8), "/states/0: expected an integer 0...255, got 256"),
        (json, Array("{\"states\":[-1]}".utf8), "/states/0: expected an integer 0...255, got -1"),
        (json, Array("{\"states\":[0.5]}".utf8), "/states/0: expected an integer 0...255, got 0.5"),
        (json, Array("{\"states\":[\"a\"]}".utf8), "/states/0: expected an integer 0...255"),
        (json, Array("{\"states\":[1,]}".utf8), "expected"),
        (json, Array("{\"states\":{\"b64\":\"!\"}}".utf8), "states.b64 is not base64"),
        (json, Array("{\"states\":{\"b64\":\"AAAA\"}}".utf8), "states hold 3 numbers"),
        (json, Array("{\"states\":{\"b46\":\"AAAA\"}}".utf8), "did you mean \"b64\"?"),
        (json, Array("{\"state\":[1]}".utf8), "did you mean \"states\"?"),
        (
            json,
            Array("{\"states\":{\"b64\":\"\(zeros)\",\"shape\":[84,4,84]}}".utf8),
            "states have shape [84, 4, 84], expected [4, 84, 84] or [N, 4, 84, 84]"
        ),
        (
            json,
            Array("{\"states\":{\"b64\":\"\(zeros)\",\"shape\":[2,4,84,84]}}".utf8),
            "states have shape [2, 4, 84, 84]"
        ),
        ("image/png", [1, 2, 3], "PNG"),
        (
            "image/png",
            Frame(height: 84, width: 84, filledWith: .gray(3)).png(),
            "the picture has 84×84 pixels, expected 336×84"
        ),
        ("image/png", hugePNG, "100000"),
        ("multipart/form-data", [1], "boundary"),
        (
            "multipart/form-data; boundary=b",
            QValueRouteTests.form([Frame(height: 84, width: 84, filledWith: .gray(3)).png()]),
            "the form has 1 parts, expected 4"
        ),
        (
            "multipart/form-data; boundary=b",
            QValueRouteTests.form([[1], [2], [3], [4]]),
            "PNG"
        ),
    ]

    /// Uploads to a model of four numbers.
    static let numberUploads: [(String, [UInt8], String)] = [
        (
            binary, Array(repeating: 0, count: 15),
            "the body has 15 bytes, expected a multiple of 16"
        ),
        (
            json, Array("{\"states\":[1,2,3]}".utf8),
            "states hold 3 numbers, expected a multiple of 4"
        ),
        (json, Array("{\"states\":[[1,2],[3,4]]}".utf8), "states have shape [2, 2]"),
        (json, Array("{\"states\":[1e99,2,3,4]}".utf8), "/states/0: expected a finite number"),
        ("image/png", [1], "this model's states are [4] numbers and no pictures"),
    ]

    private static let zeros = Data(count: 28_224).base64EncodedString()

    /// A header that claims 100,000 × 100,000 pixels.
    private static let hugePNG: [UInt8] = {
        var png = Frame(height: 1, width: 1, filledWith: .gray(0)).png()
        png.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0])
        // The CRC-32 of that header, so that it is the size which is refused.
        png.replaceSubrange(29..<33, with: [0x8d, 0x39, 0x54, 0x14])
        return png
    }()
}
