import Checkpoints
import Foundation
import RunStorage
import Testing
import Training

/// Checkpoints of a job that goes back to a snapshot and comes to them again.
@Suite(.timeLimit(.minutes(5))) struct RepeatedCheckpointTests {
    let folder = TemporaryFolder()
    let job = JobRecord.example("a").at(agentSteps: 10)

    @Test("a job that comes to its checkpoints again finds them, in order and with their digests")
    func repeated() async throws {
        let store = try folder.open()
        try store.create(job)
        let kept = [
            try store.save(.example, of: job, evaluation: nil, isBest: false),
            try store.save(.example, of: job, evaluation: 1.5, isBest: true),
            try store.save(.example, of: job, evaluation: nil, isBest: false),
        ]
        let files = folder.files
        for _ in 0..<2 {
            try store.rewind(job.at(agentSteps: 4), toEvent: 0)
            for record in kept {
                let again = try store.save(
                    .example,
                    of: job,
                    evaluation: record.evaluationReturn,
                    isBest: record.labels.contains("best")
                )
                #expect(again == record)
            }
            #expect(try await store.checkpoints(ofJob: "a").map(\.id) == kept.map(\.id))
            #expect(folder.files == files)
        }
        let next = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(next.version == 4, "each is found once")
    }

    @Test("two equal checkpoints of a job that did not go back are two")
    func notRepeated() throws {
        let store = try folder.open()
        try store.create(job)
        for version in 1...3 {
            let record = try store.save(.example, of: job, evaluation: nil, isBest: false)
            #expect(record.version == version)
        }
        // Nor are those from before the moment the job goes back to.
        try store.rewind(job.at(agentSteps: 11), toEvent: 0)
        let record = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(record.version == 4)
    }

    @Test("one that is not equal is another, and a file that is damaged or gone is made whole")
    func files() async throws {
        let store = try folder.open()
        try store.create(job)
        let kept = try store.save(.example, of: job, evaluation: 2, isBest: false)
        let path = store.file(ofCheckpoint: kept.id)
        let bytes = PolicyCheckpoint.example.file.bytes
        for damage: [UInt8]? in [nil, Array(bytes.dropLast()), bytes.map { $0 ^ 1 }] {
            try store.rewind(job, toEvent: 0)
            if let damage {
                try AtomicFile.write(damage, to: path)
            } else {
                try FileManager.default.removeItem(atPath: path)
            }
            #expect(try store.save(.example, of: job, evaluation: 2, isBest: false) == kept)
            #expect(try await store.policy(of: kept) == .example)
        }
        try store.rewind(job, toEvent: 0)
        let other = try store.save(.example, of: job, evaluation: 3, isBest: false)
        #expect(other.version == 2)
        let best = try store.save(.example, of: job, evaluation: 2, isBest: true)
        #expect(best.version == 3)
    }

    @Test("checkpoints of the time that a job has gone back from stay as they are")
    func acknowledged() async throws {
        let store = try folder.open()
        try store.create(job)
        let kept = try store.save(.example, of: job, evaluation: nil, isBest: true)
        try store.rewind(.example("a"), toEvent: 0)
        #expect(try await store.checkpoints(ofJob: "a") == [kept])
        #expect(try await store.verifiedFile(of: kept) == store.file(ofCheckpoint: kept.id))
        try await store.deleteCheckpoint(kept.id)
        let next = try store.save(.example, of: job, evaluation: nil, isBest: true)
        #expect(next.version == 2)
    }
}
