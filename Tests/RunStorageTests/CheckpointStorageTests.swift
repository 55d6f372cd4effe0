import Checkpoints
import Foundation
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct CheckpointStorageTests {
    let folder = TemporaryFolder()

    @Test("checkpoints are numbered, labelled, and whole on the disk")
    func labels() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a").at(agentSteps: 10)
        try store.create(job)
        let first = try store.save(.example, of: job, evaluation: 1.5, isBest: true)
        #expect(first.labels == ["latest", "best"] && first.version == 1)
        _ = try store.save(.example, of: job, evaluation: nil, isBest: false)
        let all = try await store.checkpoints(ofJob: "a")
        #expect(all.map(\.id) == ["a-1", "a-2"])
        #expect(all.map(\.labels) == [["best"], ["latest"]])
        #expect(all[0].evaluationReturn == 1.5 && all[0].createdAt == 1_000_000)
        let bytes = Array(try Data(contentsOf: URL(filePath: store.file(ofCheckpoint: "a-1"))))
        #expect(sha256(bytes) == all[0].sha256 && bytes.count == all[0].sizeBytes)
        #expect(try PolicyCheckpoint(SafetensorsFile(bytes)) == .example)
    }

    @Test("deleting the best leaves the job without, and numbers are not used again")
    func deletion() async throws {
        let store = try folder.open()
        var job = JobRecord.example("a").at(agentSteps: 10)
        try store.create(job)
        let best = try store.save(.example, of: job, evaluation: 1, isBest: true)
        _ = try store.save(.example, of: job, evaluation: nil, isBest: false)
        job.best = BestResult(meanReturn: 1, checkpoint: best.id)
        try store.record([], of: job)
        try await store.deleteCheckpoint(best.id)
        #expect(try await store.job("a")?.best == BestResult(meanReturn: 1, checkpoint: nil))
        #expect(folder.files == ["a-2.safetensors"])
        try await store.deleteCheckpoint("a-2")
        let third = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(third.id == "a-3")
    }

    @Test("a model's versions are those that are there now, however often they were asked for")
    func versions() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a").at(agentSteps: 10)
        func versions(_ name: String) async throws -> [Int]? {
            let first = try await store.checkpoints(ofModel: name)?.map(\.version)
            #expect(try await store.checkpoints(ofModel: name)?.map(\.version) == first)
            return first
        }
        #expect(try await versions("a") == nil)
        try store.create(job)
        #expect(try await versions("a") == [])
        _ = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(try await versions("a") == [1])
        _ = try store.save(.example, of: job, evaluation: nil, isBest: true)
        #expect(try await versions("a") == [1, 2])
        #expect(try await store.checkpoints(ofModel: "a")?.last?.labels == ["latest", "best"])
        try await store.deleteCheckpoint("a-1")
        #expect(try await versions("a") == [2])
        #expect(try await versions("a-2") == nil, "a job's checkpoint is no model of its own")
        try store.deleteJob("a")
        #expect(try await versions("a") == nil)
        _ = try await store.importCheckpoint(
            PolicyCheckpoint.example.file.bytes,
            id: "mine",
            name: nil
        )
        #expect(try await versions("mine") == [1])
    }

    @Test("a checkpoint from elsewhere belongs to no job")
    func imported() async throws {
        let store = try folder.open()
        let record = try await store.importCheckpoint(
            PolicyCheckpoint.example.file.bytes,
            id: "mine",
            name: "my policy"
        )
        #expect(try await store.checkpoint("mine") == record)
        #expect(record.job == nil && record.labels == ["latest"])
    }
}
