import Checkpoints
import HTTPServing
import JSONFields
import NeuralNetworks
import Testing

@Suite(.timeLimit(.minutes(5))) struct CheckpointRouteTests {
    @Test(
        "a checkpoint is listed, fetched whole and in parts, and recognised by its tag",
        arguments: Transport.allCases
    )
    func files(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            let list = try await api.get("/v1/jobs/\(id)/checkpoints").json["checkpoints"]
            #expect(list.elements.map { $0["agent_steps"].integer } == [200, 400, 600])
            #expect(list[2]["labels"].elements.contains("latest"))
            let checkpoint = try #require(list[2]["id"].string)
            #expect(try await api.get("/v1/checkpoints/\(checkpoint)").json == list[2])
            let path = "/v1/checkpoints/\(checkpoint)/model.safetensors"
            let file = try await api.get(path)
            #expect(sha256(file.body) == list[2]["sha256"].string)
            #expect(file.headers["etag"] == "\"\(sha256(file.body))\"")
            #expect(
                file.headers["content-disposition"]
                    == "attachment; filename=\"\(checkpoint).safetensors\""
            )
            let tensors = try SafetensorsFile(file.body).tensors
            #expect(tensors.map(\.name) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
            #expect(tensors[0].shape == [16, 4])
            let part = try await api.send(.get, path, headers: ["Range": "bytes=8-15"])
            #expect(part.status == 206 && part.body == Array(file.body[8..<16]))
            #expect(part.headers["content-range"] == "bytes 8-15/\(file.body.count)")
            let known = try await api.send(
                .get,
                path,
                headers: ["If-None-Match": file.headers["etag"] ?? ""]
            )
            #expect(known.status == 304 && known.body.isEmpty)
            let head = try await api.send(.head, path)
            #expect(head.status == 200 && head.headers["etag"] == file.headers["etag"])
        }
    }

    @Test("a checkpoint is taken of a running job, and of no other", arguments: Transport.allCases)
    func taking(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let id = try await api.create(APIUnderTest.endlessJob)
            try await api.waitForSteps(of: id)
            let taken = try await api.send(.post, "/v1/jobs/\(id)/checkpoints")
            #expect(taken.status == 201 && taken.json["version"] == 1)
            let checkpoint = try #require(taken.json["id"].string)
            #expect(taken.headers["location"] == "/v1/checkpoints/\(checkpoint)")
            _ = try await api.send(.post, "/v1/jobs/\(id)/stop")
            let late = try await api.send(.post, "/v1/jobs/\(id)/checkpoints")
            #expect(late.status == 409)
            #expect(try await api.send(.delete, "/v1/checkpoints/\(checkpoint)").status == 204)
            #expect(try await api.get("/v1/checkpoints/\(checkpoint)").status == 404)
        }
    }

    @Test("a policy from elsewhere is brought in and answers")
    func bringingIn() async throws {
        try await withAPI(.inProcess) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            let file = try await api.get("/v1/checkpoints/\(id)-3/model.safetensors").body
            let binary = ["Content-Type": "application/octet-stream"]
            let created = try await api.send(
                .post,
                "/v1/checkpoints?name=mine",
                headers: binary,
                body: file
            )
            #expect(created.status == 201 && created.json["job"] == nil)
            let name = try #require(created.json["id"].string)
            let states: JSONValue = ["states": [0.1, 0, -0.1, 0]]
            let here = try await api.post("/v1/models/\(name)/q-values", states)
            let there = try await api.post("/v1/models/\(id)/q-values", states)
            #expect(here.status == 200 && here.json["q_values"] == there.json["q_values"])
            let broken = try await api.send(
                .post,
                "/v1/checkpoints",
                headers: binary,
                body: Array(file.dropLast())
            )
            #expect(broken.status == 400 && broken.json["code"] == "invalid_checkpoint")
        }
    }
}
