import Foundation
import Frames
import HTTPServing
import JSONFields
import Testing

@Suite(.timeLimit(.minutes(5))) struct QValueRouteTests {
    /// Pixels that are all different enough to tell any mix-up of frames, rows and columns.
    static let state: [UInt8] = (0..<28_224).map { index in
        let (frame, row, column) = (index / 7056, index % 7056 / 84, index % 84)
        return UInt8((frame * 61 + row * 3 + column * 7) % 256)
    }

    @Test("a state is the same state in every form it may come in", arguments: Transport.allCases)
    func everyForm(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let path = try await Self.trainedModel(api)
            let raw = try await api.send(.post, path, headers: Self.binary, body: Self.state)
            #expect(raw.status == 200, "\(raw.text)")
            #expect(raw.json["action_names"] == ["LEFT", "STAY", "RIGHT"])
            #expect(raw.json["q_values"].count == 1 && raw.json["q_values"][0].count == 3)
            let values = raw.json["q_values"][0].elements.compactMap(\.double)
            #expect(
                raw.json["actions"][0].integer == values.indices.max { values[$0] < values[$1] }
            )

            let flat = JSONValue.array(Self.state.map { .integer(Int($0)) })
            let nested = Self.nested(Self.state, [4, 84, 84])
            let last = Self.framesLast(Self.state)
            let base64 = JSONValue.string(Data(Self.state).base64EncodedString())
            for states: JSONValue in [
                ["states": flat], ["states": nested], ["states": .array([nested])],
                ["states": flat, "shape": [1, 4, 84, 84]],
                ["states": Self.nested(last, [84, 84, 4])],
                ["states": ["b64": base64, "shape": [1, 4, 84, 84]]],
                ["states": ["b64": base64]],
            ] {
                let answer = try await api.post(path, states)
                #expect(
                    answer.json["q_values"] == raw.json["q_values"],
                    "\(answer.text.prefix(200))"
                )
            }
            let lastBytes = try await api.send(
                .post,
                "\(path)?layout=nhwc",
                headers: Self.binary,
                body: last
            )
            #expect(lastBytes.json["q_values"] == raw.json["q_values"])
            let frames = (0..<4).map { frame in
                Frame(
                    height: 84,
                    width: 84,
                    channels: 1,
                    bytes: Array(Self.state[(frame * 7056)..<((frame + 1) * 7056)])
                )
            }
            let picture = try await api.send(
                .post,
                path,
                headers: ["Content-Type": "image/png"],
                body: Frame.sideBySide(frames).png()
            )
            #expect(picture.json["q_values"] == raw.json["q_values"], "\(picture.text)")
            let form = try await api.send(
                .post,
                path,
                headers: ["Content-Type": "multipart/form-data; boundary=b"],
                body: Self.form(frames.map { $0.png() })
            )
            #expect(form.json["q_values"] == raw.json["q_values"], "\(form.text)")
        }
    }

    @Test("several states are answered in their order, each as it is alone, to the bit")
    func batches() async throws {
        try await withAPI(.inProcess) { api in
            let path = try await Self.trainedModel(api)
            let other = Self.state.map { 255 - $0 }
            let answer = try await api.send(
                .post,
                path,
                headers: Self.binary,
                body: Self.state + other + Self.state
            )
            let rows = answer.json["q_values"]
            #expect(rows.count == 3 && answer.json["actions"].count == 3)
            let alone = try await api.send(.post, path, headers: Self.binary, body: other)
            #expect(rows[0] == rows[2] && rows[1] == alone.json["q_values"][0])
        }
    }

    @Test("a version or label means the checkpoint it names")
    func versions() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            let states: JSONValue = ["states": [[0.1, 0, 0, 0], [0, 0, 0.2, 0]]]
            func ask(_ place: String) async throws -> APIUnderTest.Answer {
                try await api.post("/v1/models/\(id)\(place)/q-values", states)
            }
            let latest = try await ask("")
            #expect(latest.json["version"] == 3 && latest.json["agent_steps"] == 600)
            #expect(try await ask("/labels/latest").json == latest.json)
            let first = try await ask("/versions/1")
            #expect(first.json["version"] == 1 && first.json["q_values"] != latest.json["q_values"])
            let none = try await ask("/versions/9")
            #expect(none.status == 404)
            #expect(
                none.json["error"].string
                    == "model \"\(id)\" has no version 9, it has version 1, version 2, version 3"
            )
            #expect(try await ask("/labels/oldest").status == 404)
            #expect(try await api.post("/v1/models/none/q-values", states).status == 404)
            let models = try await api.get("/v1/models").json["models"]
            #expect(models.count == 1 && models[0]["versions"].count == 3)
            #expect(try await api.get("/v1/models/\(id)").json == models[0])
        }
    }

    @Test("a model without a checkpoint says how to take one")
    func noCheckpoint() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create(APIUnderTest.endlessJob)
            let answer = try await api.post("/v1/models/\(id)/q-values", ["states": [0, 0, 0, 0]])
            #expect(answer.status == 409 && answer.json["code"] == "no_checkpoint")
            #expect(
                answer.json["error"].string?.contains("POST /v1/jobs/\(id)/checkpoints") == true
            )
        }
    }

    static let binary = ["Content-Type": "application/octet-stream"]

    /// A model of the Nature network on pixels, hardly trained.
    static func trainedModel(_ api: APIUnderTest) async throws -> String {
        let id = try await api.create([
            "preset": "catch", "total_agent_steps": 20, "evaluation": nil,
            "hyperparameters": ["replay_capacity_frames": 100],
        ])
        try await api.waitForEnd(of: id)
        return "/v1/models/\(id)/q-values"
    }

    static func form(_ parts: [[UInt8]]) -> [UInt8] {
        var body: [UInt8] = []
        for (index, part) in parts.enumerated() {
            body += "--b\r\nContent-Disposition: form-data; name=\"f\(index)\"; ".utf8
            body += "filename=\"\(index).png\"\r\nContent-Type: image/png\r\n\r\n".utf8
            body += part + Array("\r\n".utf8)
        }
        return body + Array("--b--\r\n".utf8)
    }

    static func framesLast(_ state: [UInt8]) -> [UInt8] {
        (0..<7056).flatMap { pixel in (0..<4).map { state[$0 * 7056 + pixel] } }
    }

    private static func nested(_ numbers: [UInt8], _ shape: [Int]) -> JSONValue {
        guard let size = shape.first, shape.count > 1 else {
            return .array(numbers.map { .integer(Int($0)) })
        }
        let step = numbers.count / size
        return .array(
            (0..<size).map { index in
                nested(
                    Array(numbers[(index * step)..<((index + 1) * step)]),
                    Array(shape.dropFirst())
                )
            }
        )
    }
}
