import Foundation
import RunStorage
import Testing
import Training

/// What is left on the disk after a loss of power, played by copying the files of an open store at
/// the moment up to which they were synced.
@Suite(.timeLimit(.minutes(5))) struct PowerLossTests {
    let folder = TemporaryFolder()
    let copy = TemporaryFolder()

    @Test("numbers of events that were seen and lost are not used again", arguments: [3, 60_000])
    func numbers(lost: Int) async throws {
        let job = JobRecord.example("a")
        let store = try folder.open()
        try store.create(job)
        try store.record(RewindTests.events(1...1000, of: job), of: job)
        try store.sync()
        try keepFiles()
        // What these are told by is read at once, and gone with the power.
        let events = RewindTests.events(1001...1000 + lost, of: job)
        if lost > 50_000 {
            // More than are reserved: that is synced before anybody sees them.
            try store.record(events, of: job)
            try store.sync()
            try keepFiles()
        } else {
            try store.record(events, of: job)
        }
        let seen = try await store.newestEvent()

        let next = try copy.open()
        let kept = try next.lastEvent(of: "a")
        #expect(kept == (lost > 50_000 ? 1000 + lost : 1000))
        try next.record([job.event(.log(.info, "on"))], of: job)
        let new = try await next.events(ofJob: "a", after: kept, limit: 9)
        #expect(new.count == 1 && new.allSatisfy { $0.id > seen })
        let first = try await next.events(after: seen, limit: 9)
        #expect(first.map(\.name) == ["log"])
        // Within this server's time numbers follow each other.
        try next.record([job.event(.log(.info, "and on"))], of: job)
        #expect(try next.lastEvent(of: "a") == (new.first?.id ?? 0) + 1)
        // A new job of this server has lost none.
        try next.create(.example("b"))
        try next.record([job.event(.log(.info, "b"))], of: .example("b"))
        #expect(try next.lastEvent(of: "b") == 1)
    }

    @Test("after a power loss a rewind is told although nothing is there to take back")
    func rewind() async throws {
        let job = JobRecord.example("a")
        let store = try folder.open()
        try store.create(job)
        try store.record(RewindTests.events(1...10, of: job), of: job)
        try store.sync()
        try keepFiles()
        try store.record(RewindTests.events(11...20, of: job), of: job)
        let next = try copy.open()
        try next.rewind(job.at(agentSteps: 30), toEvent: 10)
        let new = try await next.events(ofJob: "a", after: 20, limit: 9)
        #expect(new.map(\.name) == ["rewind"])
    }

    @Test("a server that ends orderly leaves no gap")
    func orderly() async throws {
        let job = JobRecord.example("a")
        do {
            let store = try folder.open()
            try store.create(job)
            try store.record(RewindTests.events(1...10, of: job), of: job)
        }
        let store = try folder.open()
        try store.rewind(job.at(agentSteps: 30), toEvent: 10)
        try store.record(RewindTests.events(11...12, of: job), of: job)
        let events = try await store.events(ofJob: "a", after: 0, limit: 99)
        #expect(events.map(\.id).prefix(10) == Array(1...10)[...])
        #expect(try await store.newestEvent() == events.count)
    }

    /// The files are copied as they are: that they are on the disk is what `strace` shows.
    @Test("what is asked for is synced before it is answered, and what happens anyway is not")
    func syncs() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a")
        let request = IdempotentRequest(key: "k", digest: "d")
        _ = try store.create(job, for: request)
        #expect(store.syncCount == 1)
        // Reserves numbers.
        try store.record([job.event(.log(.info, "x"))], of: job)
        #expect(store.syncCount == 2)
        for _ in 0..<100 { try store.record(RewindTests.events(1...20, of: job), of: job) }
        #expect(store.syncCount == 2)
        try store.record([job.event(.state(.paused, reason: nil))], of: job)
        #expect(store.syncCount == 3)
        let checkpoint = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(store.syncCount == 4)
        try await store.deleteCheckpoint(checkpoint.id)
        #expect(store.syncCount == 5)
        try store.deleteJob("a")
        #expect(store.syncCount == 6)
        try store.sync()
        #expect(store.syncCount == 7)
    }

    private func keepFiles() throws {
        let manager = FileManager.default
        try? manager.removeItem(atPath: copy.path)
        try manager.createDirectory(atPath: copy.path, withIntermediateDirectories: true)
        for name in ["runs.sqlite", "runs.sqlite-wal"] {
            try manager.copyItem(atPath: "\(folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
    }
}
