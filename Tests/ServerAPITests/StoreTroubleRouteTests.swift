import Foundation
import HTTPServing
import JSONFields
import RunStorage
import ServerAPI
import Testing
import Training

/// What clients are told where the store cannot be written.
@Suite(.timeLimit(.minutes(1))) struct StoreTroubleRouteTests {
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
