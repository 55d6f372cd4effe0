import Checkpoints
import DeepQLearning
import Foundation
import HTTPServing
import JSONFields
import NeuralNetworks
import Testing

@Suite(.timeLimit(.minutes(5))) struct ImportRouteTests {
    private static let binary = ["Content-Type": "application/octet-stream"]

    /// A table of two states.
    private static var policy: PolicyCheckpoint {
        var table = QTable(stateCount: 2, actionCount: 2)
        table.values = [1, 2, 3, 4]
        return PolicyCheckpoint(
            policy: PolicySnapshot(function: .table(table), agentSteps: 10, gradientUpdates: 3),
            environment: "routes",
            actionNames: ["left", "right"],
            hyperparameters: "{}"
        )
    }

    @Test("an import keeps its name and is found in every list", arguments: Transport.allCases)
    func found(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let first = try await importPolicy(api, "?name=my%20policy")
            let second = try await importPolicy(api)
            #expect(first["name"] == "my policy" && second["name"] == .null)
            let path = "/v1/checkpoints"
            let newest = try await api.get("\(path)?limit=1").json
            #expect(newest["checkpoints"] == [second])
            let cursor = try #require(newest["next"].string)
            let rest = try await api.get("\(path)?after=\(cursor)").json
            #expect(rest["checkpoints"] == [first] && rest["next"] == .null)
            #expect(try await api.get("\(path)?job=none").json["checkpoints"] == [])
            for after in ["x", "0", "-1", ""] {
                let answer = try await api.get("\(path)?after=\(after)")
                #expect(answer.status == 400)
                #expect(answer.text.contains("must be the \\\"next\\\" of an earlier answer"))
                #expect(try await api.get("/v1/models?after=\(after)").status == 400)
            }
            let models = try await api.get("/v1/models").json
            #expect(models["next"] == .null)
            #expect(models["models"].elements.map { $0["name"] } == [second["id"], first["id"]])
            #expect(models["models"][1]["versions"][0]["name"] == "my policy")
            let name = try #require(first["id"].string)
            #expect(try await api.get("/v1/models/\(name)").json == models["models"][1])
        }
    }

    @Test(
        "a name that cannot be shown is refused",
        arguments: ["", "%00", "a%0Ab", "%C2%85", String(repeating: "x", count: 201)]
    )
    func badNames(name: String) async throws {
        try await withAPI(.inProcess) { api in
            let answer = try await api.send(
                .post,
                "/v1/checkpoints?name=\(name)",
                headers: Self.binary,
                body: Self.policy.file.bytes
            )
            #expect(answer.status == 400 && answer.json["details"][0]["pointer"] == "?name")
            #expect(try await api.get("/v1/checkpoints").json["checkpoints"] == [])
        }
    }

    @Test(
        "a damaged file is neither served nor sent, and the operator is told",
        arguments: Transport.allCases
    )
    func damage(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try #require(try await importPolicy(api)["id"].string)
            let file = "\(api.dataFolder)/checkpoints/\(id).safetensors"
            let path = "/v1/checkpoints/\(id)/model.safetensors"
            let good = try await api.get(path)
            #expect(good.status == 200)
            var flipped = good.body
            flipped[flipped.count - 2] ^= 0x40
            for bytes in [flipped, Array(good.body.dropLast(4))] {
                try Data(bytes).write(to: URL(filePath: file))
                let sent = try await api.send(.get, path, headers: ["Range": "bytes=0-3"])
                #expect(sent.status == 409 && sent.json["code"] == "checkpoint_damaged")
                let served = try await api.send(
                    .post,
                    "/v1/models/\(id)/q-values",
                    headers: Self.binary,
                    body: Self.oneHot
                )
                #expect(served.status == 409 && served.json["code"] == "checkpoint_damaged")
                #expect(served.text.contains("\(id).safetensors is damaged: it has sha256 "))
            }
            #expect(api.unforeseen.filter { $0.contains("is damaged") }.count == 4)
            try FileManager.default.removeItem(atPath: file)
            let gone = try await api.get(path)
            #expect(gone.status == 404 && gone.json["code"] == "file_gone")
            let unserved = try await api.send(
                .post,
                "/v1/models/\(id)/q-values",
                headers: Self.binary,
                body: Self.oneHot
            )
            #expect(unserved.status == 404 && unserved.json["code"] == "file_gone")
            #expect(try await api.get("/v1/checkpoints/\(id)").status == 200)
            try Data(good.body).write(to: URL(filePath: file))
            #expect(try await api.get(path).body == good.body)
            let again = try await api.send(
                .post,
                "/v1/models/\(id)/q-values",
                headers: Self.binary,
                body: Self.oneHot
            )
            #expect(again.json["q_values"] == [[3, 4]], "\(again.text)")
        }
    }

    @Test("a checkpoint is deleted once, also one that has just answered")
    func deletion() async throws {
        try await withAPI(.inProcess) { api in
            let id = try #require(try await importPolicy(api)["id"].string)
            let path = "/v1/models/\(id)/q-values"
            #expect(
                try await api.send(.post, path, headers: Self.binary, body: Self.oneHot).status
                    == 200
            )
            #expect(try await api.send(.delete, "/v1/checkpoints/\(id)").status == 204)
            #expect(try await api.send(.delete, "/v1/checkpoints/\(id)").status == 404)
            #expect(
                try await api.send(.post, path, headers: Self.binary, body: Self.oneHot).status
                    == 404
            )
        }
    }

    @Test("a label that no checkpoint has is answered with why")
    func labels() async throws {
        try await withAPI(.inProcess) { api in
            let id = try #require(try await importPolicy(api)["id"].string)
            func fault(_ label: String, of model: String) async throws -> String? {
                let path = "/v1/models/\(model)/labels/\(label)/q-values"
                let answer = try await api.send(
                    .post,
                    path,
                    headers: Self.binary,
                    body: Self.oneHot
                )
                #expect(answer.status == 404 && answer.json["code"] == "version_not_found")
                return answer.json["error"].string
            }
            #expect(
                try await fault("best", of: id)
                    == "model \"\(id)\" is one imported checkpoint, which is labelled latest only"
            )
            #expect(
                try await fault("stable", of: id)
                    == "model \"\(id)\" has no label \"stable\", it has \"latest\""
            )
            // No episode of it is so short that a hundred fit into its steps.
            let job = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: job)
            #expect(
                try await fault("best", of: job)
                    == "model \"\(job)\" has no checkpoint labelled best: a job without evaluation "
                    + "earns it after 100 episodes, one with evaluation at the first"
            )
        }
    }

    /// The second state.
    private static let oneHot: [UInt8] = [0, 0, 0, 0, 0, 0, 0x80, 0x3F]

    private func importPolicy(_ api: APIUnderTest, _ query: String = "") async throws -> JSONValue {
        let answer = try await api.send(
            .post,
            "/v1/checkpoints\(query)",
            headers: Self.binary,
            body: Self.policy.file.bytes
        )
        #expect(answer.status == 201, "\(answer.text)")
        return answer.json
    }
}
