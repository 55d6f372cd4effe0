import Foundation
import HTTPServing
import JSONFields
import RunStorage
import ServerAPI
import Testing
import Training

/// What clients are told where the store cannot be written.
@Suite(.timeLimit(.minutes(5))) struct StoreTroubleRouteTests {
    @Test(
        "while the folder is gone, nothing is taken that would not be kept",
        arguments: Transport.allCases
    )
    func folderGone(transport: Transport) async throws {
        let api = try APIUnderTest(transport)
        try FileManager.default.removeItem(atPath: api.dataFolder)
        let answer = try await api.post("/v1/jobs", ["preset": "catch"])
        #expect(answer.status == 503 && answer.headers["retry-after"] == "5")
        #expect(answer.json["code"] == "store_unavailable")
        #expect(answer.text.contains(api.dataFolder))
        let ready = try await api.get("/readyz")
        #expect(ready.status == 503 && ready.json["ready"] == false)
        #expect(ready.text.contains(api.dataFolder))
        await api.end()
    }

    @Test("where another folder has taken the place of the data's, nothing is written there")
    func folderReplaced() async throws {
        let api = try APIUnderTest(.loopback)
        let id = try await api.create(APIUnderTest.endlessJob)
        try await api.waitForSteps(of: id)
        let file = try await api.send(.post, "/v1/jobs/\(id)/checkpoints")
        #expect(file.status == 201)
        let path = "/v1/checkpoints/\(file.json["id"].string ?? "")"
        let bytes = try await api.get("\(path)/model.safetensors").body
        let moved = "\(api.dataFolder)-moved"
        try FileManager.default.moveItem(atPath: api.dataFolder, toPath: moved)
        defer { try? FileManager.default.removeItem(atPath: moved) }
        // What a person makes who wonders where the folder is, or another server has made.
        do { _ = try RunStore(folder: api.dataFolder, now: { 0 }) }
        let names = try FileManager.default.subpathsOfDirectory(atPath: api.dataFolder)
        for (method, target, body) in [
            (.post, "/v1/jobs", Array(#"{"preset":"catch"}"#.utf8)),
            (.post, "/v1/jobs/\(id)/checkpoints", []), (.post, "/v1/checkpoints", bytes),
            (.delete, path, []), (.post, "/v1/backup", []),
        ] as [(HTTPMethod, String, [UInt8])] {
            let type = body.first == UInt8(ascii: "{") ? "json" : "octet-stream"
            let answer = try await api.send(
                method,
                target,
                headers: body.isEmpty ? [:] : ["Content-Type": "application/\(type)"],
                body: body
            )
            #expect(answer.status == 503, "\(target): \(answer.text)")
            #expect(answer.json["code"] == "store_unavailable")
            #expect(answer.text.contains(api.dataFolder), "\(target)")
        }
        let ready = try await api.get("/readyz")
        #expect(ready.status == 503 && ready.text.contains(api.dataFolder))
        let left = try FileManager.default.subpathsOfDirectory(atPath: api.dataFolder)
        #expect(left.sorted() == names.sorted())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(moved)/checkpoints").count == 1
        )
        // The folder is brought back: what was refused is taken again.
        try FileManager.default.removeItem(atPath: api.dataFolder)
        try FileManager.default.moveItem(atPath: moved, toPath: api.dataFolder)
        #expect(try await api.send(.post, "/v1/jobs/\(id)/checkpoints").status == 201)
        await api.end()
    }

    @Test(
        "a backup is asked for over HTTP, opens, and keeps the jobs",
        arguments: Transport.allCases
    )
    func backup(transport: Transport) async throws {
        try await withAPI(transport, token: nil) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            let answer = try await api.send(.post, "/v1/backup")
            #expect(answer.status == 201 && answer.json["jobs"] == 1)
            #expect(answer.json["checkpoints"] == 3)
            let folder = try #require(answer.json["folder"].string)
            let copy = try APIUnderTest(.inProcess, folder: folder)
            let path = "/v1/jobs/\(id)"
            #expect(try await copy.get(path).json == api.get(path).json)
            let points = "\(path)/metrics?format=csv"
            #expect(try await copy.get(points).text == api.get(points).text)
            await copy.end()
        }
    }

    @Test("many requests with one idempotency key at the same moment get one job")
    func sameMoment() async throws {
        let api = try APIUnderTest(.loopback)
        let body: JSONValue = ["preset": "routes"]
        let answers = try await withThrowingTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    try await api.send(
                        .post,
                        "/v1/jobs",
                        headers: ["Content-Type": "application/json", "Idempotency-Key": "k"],
                        body: body.text
                    )
                }
            }
            return try await group.reduce(into: [APIUnderTest.Answer]()) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 201 })
        #expect(Set(answers.compactMap { $0.headers["location"] }).count == 1)
        #expect(try await api.get("/v1/jobs").json["jobs"].count == 1)
        await api.end()
    }

    @Test("jobs that ran go on, and those that waited wait, when the next server takes them in")
    func restart() async throws {
        let (folder, ids) = try await Self.serverWithWaitingJobs()
        let second = try APIUnderTest(.inProcess, folder: folder)
        let states = try await ids.asyncMap { try await second.get("/v1/jobs/\($0)").json["state"] }
        #expect(states.prefix(4).allSatisfy { $0 == "running" || $0 == "queued" })
        #expect(states.suffix(2) == ["queued", "queued"])
        let waiting = try await second.services.store.unfinishedJobs()
        #expect(waiting.suffix(2).map(\.id) == ids.suffix(2))
        await second.services.scheduler.takeIn(waiting)
        let stopped = try await second.send(.post, "/v1/jobs/\(ids[5])/stop")
        #expect(stopped.status == 200 && stopped.json["state"] == "stopped")
        let deleted = try await second.send(.delete, "/v1/jobs/\(ids[5])")
        #expect(deleted.status == 204)
        #expect(try await second.send(.post, "/v1/jobs/\(ids[5])/stop").status == 404)
        await second.end()
    }

    /// A server's folder, and its six jobs, of which four had begun.
    private static func serverWithWaitingJobs() async throws -> (folder: String, ids: [String]) {
        let api = try APIUnderTest(.inProcess)
        var ids: [String] = []
        for _ in 0..<6 { ids.append(try await api.create(APIUnderTest.endlessJob)) }
        await api.end(keepingFolder: true)
        return (api.dataFolder, ids)
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(
        _ body: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
