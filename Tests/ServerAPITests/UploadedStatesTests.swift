import Checkpoints
import DeepQLearning
import Foundation
import Frames
import HTTPServing
import JSONFields
import Testing

/// What states a model takes, and what it says of others.
@Suite(.timeLimit(.minutes(5))) struct UploadedStatesTests {
    @Test("layout holds for numbers without a shape, and a shape of the other order is refused")
    func layout() async throws {
        try await withAPI(.inProcess) { api in
            let path = try await QValueRouteTests.trainedModel(api)
            let state = QValueRouteTests.state
            let last = QValueRouteTests.framesLast(state)
            let raw = try await api.send(.post, path, headers: Self.binary, body: state + state)
            func numbers(_ bytes: [UInt8]) -> JSONValue { .array(bytes.map { .integer(Int($0)) }) }
            func base64(_ bytes: [UInt8]) -> JSONValue {
                .string(Data(bytes).base64EncodedString())
            }
            for states: JSONValue in [
                ["states": numbers(last + last)],
                ["states": numbers(last + last), "shape": [56_448]],
                ["states": numbers(last + last), "shape": [2, 84, 84, 4]],
                ["states": ["b64": base64(last + last)]],
                ["states": ["b64": base64(last + last), "shape": [2, 84, 84, 4]]],
            ] {
                let answer = try await api.post("\(path)?layout=nhwc", states)
                #expect(answer.json["q_values"] == raw.json["q_values"], "\(answer.text)")
            }
            for (layout, shape, sentence): (String, JSONValue, String) in [
                ("nhwc", [2, 4, 84, 84], "is not the order layout=nhwc: [84, 84, 4]"),
                ("nchw", [2, 84, 84, 4], "is not the order layout=nchw: [4, 84, 84]"),
                ("nhwc", [84, 84, 4], "hold 56448 numbers, which is 2 of shape [84, 84, 4]"),
            ] {
                for states: JSONValue in [
                    ["states": numbers(last + last), "shape": shape],
                    ["states": ["b64": base64(last + last), "shape": shape]],
                ] {
                    let answer = try await api.post("\(path)?layout=\(layout)", states)
                    Self.expect(answer, 400, "invalid_states", sentence)
                }
            }
            let picture = try await api.send(
                .post,
                "\(path)?layout=nhwc",
                headers: Self.png,
                body: Frame(height: 84, width: 336, filledWith: .gray(1)).png()
            )
            Self.expect(picture, 400, "invalid_states", "is not for pictures, got layout=nhwc")
        }
    }

    @Test("a picture has the size of a frame, or for an Atari game that of a screen")
    func pictureSizes() async throws {
        try await withAPI(.inProcess) { api in
            let game = try await QValueRouteTests.trainedModel(api)
            let atari = try await Self.imported(api, like: game) {
                $0.environment = "atari/breakout"
            }
            func ask(_ path: String, _ frames: [Frame]) async throws -> APIUnderTest.Answer {
                try await api.send(
                    .post,
                    path,
                    headers: Self.form,
                    body: QValueRouteTests.form(frames.map { $0.png() })
                )
            }
            let gray = try await api.send(
                .post,
                atari,
                headers: Self.binary,
                body: Array(repeating: 110, count: 28_224)
            )
            let frame = Frame(height: 84, width: 84, filledWith: .gray(110))
            #expect(try await ask(game, [frame, frame, frame, frame]).status == 200)
            for height in [210, 250] {
                // One colour stays one gray level: 0.299 · 200 + 0.587 · 72 + 0.114 · 72.
                let screen = Frame(height: height, width: 160, filledWith: .rgb(200, 72, 72))
                let answer = try await ask(atari, [frame, screen, screen, screen])
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["q_values"] == gray.json["q_values"])
                Self.expect(
                    try await ask(game, [frame, screen, screen, screen]),
                    400,
                    "invalid_states",
                    "part 2 has 160×\(height) pixels, expected 84×84 (width × height)"
                )
            }
            for (height, width) in [(1, 1), (160, 210), (84, 85), (42, 42), (211, 160)] {
                let other = Frame(height: height, width: width, filledWith: .gray(1))
                Self.expect(
                    try await ask(atari, [frame, frame, frame, other]),
                    400,
                    "invalid_states",
                    "part 4 has \(width)×\(height) pixels, expected 84×84, or 160×210 or 160×250 "
                        + "for a screen (width × height)"
                )
            }
            let broken = try await api.send(
                .post,
                game,
                headers: Self.form,
                body: QValueRouteTests.form([frame.png(), frame.png(), Array("no".utf8), [1]])
            )
            Self.expect(broken, 400, "invalid_image", "part 3: not a readable PNG")
        }
    }

    @Test("numbers that are none, and states that are no single 1 among zeros, are refused")
    func numbers() async throws {
        try await withAPI(.inProcess) { api in
            let pole = try await Self.smallModel(api, "cartpole")
            for (number, name) in [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")] {
                let states = Self.bytes([0, 1, 2, 3, 4, 5, number, 7])
                let base64 = JSONValue.string(Data(states).base64EncodedString())
                let sentence = "element 2 of state 1 is \(name), expected a finite number"
                let raw = try await api.send(.post, pole, headers: Self.binary, body: states)
                Self.expect(raw, 400, "invalid_states", sentence)
                let json = try await api.post(pole, ["states": ["b64": base64, "shape": [2, 4]]])
                Self.expect(json, 400, "invalid_states", sentence)
            }
            let lake = try await Self.smallModel(api, "frozen-lake")
            let hot = (0..<16).map { $0 == 3 ? Float(1) : 0 }
            let rule = "each of the 16 states is a single 1 among zeros"
            #expect(
                try await api.send(.post, lake, headers: Self.binary, body: Self.bytes(hot)).status
                    == 200
            )
            for (place, number, sentence) in [
                (3, Float(0), "state 1 has no 1: \(rule)"),
                (9, 1, "state 1 has a 1 at elements 3 and 9: \(rule)"),
                (9, 0.5, "element 9 of state 1 is 0.5, expected 0 or 1: \(rule)"),
                (3, -1, "element 3 of state 1 is -1.0, expected 0 or 1: \(rule)"),
                (0, .nan, "element 0 of state 1 is nan, expected a finite number"),
            ] {
                var state = hot
                state[place] = number
                let answer = try await api.send(
                    .post,
                    lake,
                    headers: Self.binary,
                    body: Self.bytes(hot + state)
                )
                Self.expect(answer, 400, "invalid_states", sentence)
            }
        }
    }

    @Test("Q-values that are no numbers are an error, and no answer with an action")
    func overflow() async throws {
        try await withAPI(.inProcess) { api in
            let pole = try await Self.smallModel(api, "cartpole")
            let path = try await Self.imported(api, like: pole) { policy in
                guard case .network(let architecture, let parameters) = policy.policy.function
                else { return }
                policy.policy = PolicySnapshot(
                    function: .network(architecture, parameters: parameters.map { _ in 1e38 }),
                    agentSteps: 1,
                    gradientUpdates: 1
                )
            }
            let both: JSONValue = ["states": [[0, 0, 0, 0], [1e30, 0, 0, 0]]]
            for states in [both, ["states": [0, 0, 0, 0, 1e30, 0, 0, 0]]] {
                let answer = try await api.post(path, states)
                Self.expect(
                    answer,
                    409,
                    "checkpoint_unusable",
                    "the Q-value of action 0 for state "
                )
            }
        }
    }

    @Test(
        "a body without a type is told by what it holds",
        arguments: [[:], ["Content-Type": "application/x-www-form-urlencoded"]]
    )
    func untyped(headers: [String: String]) async throws {
        try await withAPI(.inProcess) { api in
            let game = try await QValueRouteTests.trainedModel(api)
            let pole = try await Self.smallModel(api, "cartpole")
            let expected = try await api.send(
                .post,
                game,
                headers: Self.binary,
                body: Array(repeating: 110, count: 28_224)
            )
            let gray = [UInt8](repeating: 110, count: 28_224)
            for body in [gray, Frame(height: 84, width: 336, filledWith: .gray(110)).png()] {
                let answer = try await api.send(.post, game, headers: headers, body: body)
                #expect(answer.json == expected.json, "\(answer.text)")
            }
            let numbers = try await api.post(pole, ["states": [1, 2, 3, 4]])
            // Text is JSON also where it is as long as two states: 32 bytes.
            let text = #"{"states":[[1, 2, 3.0, 4.0 ] ] }"#
            #expect(text.utf8.count == 32)
            for body in [Self.bytes([1, 2, 3, 4]), Array(text.utf8), Array("\n\(text)".utf8)] {
                let answer = try await api.send(.post, pole, headers: headers, body: body)
                #expect(answer.status == 200 && answer.json == numbers.json, "\(answer.text)")
            }
            for (body, status, code, sentence) in [
                (Array("hello".utf8), 415, "unsupported_media_type", "send Content-Type"),
                ([], 415, "unsupported_media_type", "a body of 0 bytes without a content type"),
                (Array("{\"states\":[[1,2,3,4,],]        }".utf8), 400, "invalid_json", "byte 20"),
                (Array("[1]".utf8), 400, "invalid_request", "must be an object"),
                (Array(" {}".utf8), 400, "invalid_request", "/states: is missing"),
                (PNGHeader.signature + [1], 400, "invalid_states", "no pictures"),
            ] {
                let answer = try await api.send(.post, pole, headers: headers, body: body)
                Self.expect(answer, status, code, sentence)
            }
        }
    }

    @Test("JSON with a wrong number names its place, a text that is no JSON its byte")
    func places() async throws {
        try await withAPI(.inProcess) { api in
            let path = try await QValueRouteTests.trainedModel(api)
            for (states, pointer) in [
                ("[[[0,1],[2,12.5]]]", "/states/0/1/1"), ("[1,256]", "/states/1"),
                ("[null]", "/states/0"), ("[\"a\"]", "/states/0"), ("[0,-1]", "/states/1"),
                ("[[1,2],[3]]", "/states/1"), ("[[1],2]", "/states/1"), ("[true]", "/states/0"),
                ("[[[[[1]]]]]", "/states/0/0/0/0"), ("[1,{\"a\":[]}]", "/states/1"),
            ] {
                let body = Array("{\"states\":\(states)}".utf8)
                let answer = try await api.send(.post, path, headers: Self.json, body: body)
                Self.expect(answer, 400, "invalid_states", "\(pointer): ")
                #expect(answer.json["details"].count == 1)
                #expect(answer.json["details"][0]["pointer"].string == pointer)
            }
            for states in ["[1,256,]", "[256,nul]", "[12.5 1]", "[null,{a:1}]"] {
                let body = Array("{\"states\":\(states)}".utf8)
                let answer = try await api.send(.post, path, headers: Self.json, body: body)
                Self.expect(answer, 400, "invalid_json", "not valid JSON at byte")
            }
        }
    }

    private static let binary = QValueRouteTests.binary
    private static let json = ["Content-Type": "application/json"]
    private static let png = ["Content-Type": "image/png"]
    private static let form = ["Content-Type": "multipart/form-data; boundary=b"]

    private static func expect(
        _ answer: APIUnderTest.Answer,
        _ status: Int,
        _ code: String,
        _ sentence: String
    ) {
        #expect(answer.status == status && answer.json["code"].string == code, "\(answer.text)")
        #expect(answer.json["error"].string?.contains(sentence) == true, "\(answer.text)")
    }

    private static func bytes(_ numbers: [Float]) -> [UInt8] {
        numbers.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        }
    }

    /// A model of numbers, hardly trained.
    static func smallModel(_ api: APIUnderTest, _ preset: String) async throws -> String {
        var job: JSONObject = [
            "preset": .string(preset), "total_agent_steps": 50, "evaluation": nil,
        ]
        if preset == "cartpole" {
            job["hyperparameters"] = ["network": [["type": "dense", "units": 16]]]
        }
        let id = try await api.create(.object(job))
        try await api.waitForEnd(of: id)
        return "/v1/models/\(id)/q-values"
    }

    /// The policy of another model, changed and brought in.
    private static func imported(
        _ api: APIUnderTest,
        like path: String,
        _ change: (inout PolicyCheckpoint) -> Void
    ) async throws -> String {
        let list = try await api.get(path.replacing("/q-values", with: ""))
        let id = try #require(list.json["versions"][0]["checkpoint"].string)
        let file = try await api.get("/v1/checkpoints/\(id)/model.safetensors")
        var policy = try PolicyCheckpoint(SafetensorsFile(file.body))
        change(&policy)
        let imported = try await api.send(
            .post,
            "/v1/checkpoints?name=changed",
            headers: binary,
            body: policy.file.bytes
        )
        #expect(imported.status == 201, "\(imported.text)")
        return "/v1/models/\(try #require(imported.json["id"].string))/q-values"
    }
}
