import Checkpoints
import Foundation
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct CheckpointRetentionTests {
    let folder = TemporaryFolder()

    @Test(
        "the best and the latest stay, of the others what the rules allow",
        arguments: [
            (CheckpointRetention(everyNth: 1), Array(1...10)),
            (CheckpointRetention(everyNth: 0), [3, 10]),
            (CheckpointRetention(everyNth: 4), [3, 4, 8, 10]),
            (CheckpointRetention(everyNth: 1, mostBytes: 1), [3, 10]),
            (CheckpointRetention(everyNth: 1, mostBytes: 4 * size), [3, 8, 9, 10]),
            (CheckpointRetention(everyNth: 2, mostBytes: 4 * size + 1), [3, 6, 8, 10]),
        ]
    )
    func rules(rules: CheckpointRetention, left: [Int]) async throws {
        let store = try folder.open()
        try save(10, in: store, rules)
        store.finishDeletion()
        #expect(try await store.checkpoints(ofJob: "a").map(\.version) == left)
        #expect(Set(folder.files) == Set(left.map { "a-\($0).safetensors" }))
    }

    @Test("without rules everything is kept")
    func none() async throws {
        let store = try folder.open()
        try save(10, in: store, nil)
        store.finishDeletion()
        #expect(try await store.checkpoints(ofJob: "a").count == 10)
    }

    @Test("the best that is named by the job stays, also where a newer one has the label")
    func named() async throws {
        let store = try folder.open()
        var job = job(CheckpointRetention(everyNth: 0))
        try store.create(job)
        let first = try store.save(.example, of: job, evaluation: 1, isBest: true)
        job.best = BestResult(meanReturn: 1, checkpoint: first.id)
        try store.record([], of: job)
        for _ in 0..<3 { _ = try store.save(.example, of: job, evaluation: 1, isBest: true) }
        store.finishDeletion()
        #expect(try await store.checkpoints(ofJob: "a").map(\.version) == [1, 4])
    }

    @Test("what a killed server has not deleted, the next one does")
    func nextServer() async throws {
        do {
            let store = try folder.open()
            try save(6, in: store, nil)
            // As if the rules had been there before the server was killed.
            try store.record([], of: job(CheckpointRetention(everyNth: 0)))
            #expect(try await store.checkpoints(ofJob: "a").count == 6)
        }
        let store = try folder.open()
        store.finishDeletion()
        #expect(try await store.checkpoints(ofJob: "a").map(\.version) == [3, 6])
        #expect(try store.removeLeftovers().isEmpty)
    }

    @Test("the rules are a setting, and are written down with the job")
    func setting() async throws {
        let store = try folder.open()
        let job = job(CheckpointRetention(everyNth: 5, mostBytes: 7))
        try store.create(job)
        #expect(try await store.job("a")?.specification == job.specification)
    }

    private static let size = PolicyCheckpoint.example.file.bytes.count

    private func job(_ rules: CheckpointRetention?) -> JobRecord {
        var specification = JobRecord.example("a").specification
        specification.checkpointRetention = rules
        return JobRecord(id: "a", specification: specification, createdAt: 5).at(agentSteps: 10)
    }

    /// Saves checkpoints of which the third is the best.
    private func save(_ count: Int, in store: RunStore, _ rules: CheckpointRetention?) throws {
        var job = job(rules)
        try store.create(job)
        for version in 1...count {
            let kept = try store.save(.example, of: job, evaluation: nil, isBest: version == 3)
            if version == 3 {
                job.best = BestResult(meanReturn: 1, checkpoint: kept.id)
                try store.record([], of: job)
            }
        }
    }
}
