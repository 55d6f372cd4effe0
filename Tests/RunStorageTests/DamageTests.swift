import Foundation
import GRDB
import RunStorage
import Synchronization
import Testing
import Training

/// Rows that another program, or a disk, has changed: they cost what they hold, and nothing else.
@Suite(.timeLimit(.minutes(5))) struct DamageTests {
    let folder = TemporaryFolder()

    @Test(
        "events of a damaged block are left out, and told of once",
        arguments: ["x'01ff'", "'text'", "zeroblob(900)", "7"]
    )
    func block(columns: String) async throws {
        let job = JobRecord.example("a")
        do {
            let store = try folder.open()
            try store.create(job)
            try store.record(RewindTests.events(1...3000, of: job), of: job)
        }
        try await change(
            "UPDATE event_block SET columns = \(columns) WHERE first_sequence = 1025"
        )
        let told = Mutex<[String]>([])
        let store = try RunStore(
            folder: folder.path,
            onDamage: { line in told.withLock { $0.append(line) } },
            now: { 1 }
        )
        let left = Array(1...1024) + Array(2049...3000)
        for _ in 0..<2 {
            #expect(try await store.events(ofJob: "a", after: 0, limit: 9999).map(\.id) == left)
            #expect(try await store.events(after: 0, limit: 9999).map(\.id) == left)
            let points = try await RewindTests.points(store, ["episode_return"])
            #expect(points.count > 1800 && points.allSatisfy { $0.name == "episode_return" })
            for maxPoints in [50, 10_000] {
                let series = try await store.series(
                    ["episode_return"],
                    ofJob: "a",
                    along: .agentSteps,
                    within: 0...1e9,
                    maxPoints: maxPoints,
                    smoothing: 0.9
                )
                let x = try #require(series.first?.x)
                #expect(x.first == 3 && (x.last ?? 0) > 8900)
            }
        }
        // A row of another type is not even a block.
        #expect(told.withLock { $0.count } == (columns == "7" ? 0 : 1))
        // The job goes on, also where the block is its newest or is cut.
        try store.rewind(job.at(agentSteps: 3600), toEvent: 1200)
        try store.record(RewindTests.events(1201...1210, of: job), of: job)
        let new = try await store.events(ofJob: "a", after: 1024, limit: 99)
        #expect(new.prefix(2).map(\.name) == ["rewind", "log"] && new.count == 12)
        #expect(new[1].data.contains("could not be read"))
    }

    @Test("events are kept behind a newest block that is damaged")
    func newest() async throws {
        let job = JobRecord.example("a")
        do {
            let store = try folder.open()
            try store.create(job)
            try store.record(RewindTests.events(1...10, of: job), of: job)
        }
        try await change("UPDATE event_block SET columns = x'00'")
        let store = try folder.open()
        #expect(try store.lastEvent(of: "a") == 10)
        try store.record(RewindTests.events(11...12, of: job), of: job)
        #expect(try await store.events(ofJob: "a", after: 0, limit: 9).map(\.id) == [11, 12])
    }

    @Test("a row of totals that is gone is counted anew")
    func totals() async throws {
        let job = JobRecord.example("a").at(agentSteps: 70)
        do {
            let store = try folder.open()
            try store.create(job)
            try store.record(RewindTests.events(1...10, of: job), of: job)
        }
        try await change("DELETE FROM total")
        let store = try folder.open()
        #expect(try await store.trainingTotals().agentSteps == 70)
        try store.record(RewindTests.events(11...12, of: job), of: job)
        #expect(try await store.events(after: 10, limit: 9).map(\.id) == [11, 12])
    }

    @Test("a checkpoint's row that cannot be read hides no other")
    func checkpointRow() async throws {
        let job = JobRecord.example("a").at(agentSteps: 10)
        do {
            let store = try folder.open()
            try store.create(job)
            for _ in 0..<3 {
                _ = try store.save(.example, of: job, evaluation: nil, isBest: true)
            }
        }
        try await change("UPDATE checkpoint SET size_bytes = 'many' WHERE version = 2")
        let store = try folder.open()
        #expect(try await store.checkpoints(ofJob: "a").map(\.version) == [1, 3])
        #expect(try await store.checkpoints(limit: 9).checkpoints.map(\.version) == [3, 1])
        #expect(try await store.models(limit: 9).models.first?.checkpoints.count == 2)
        #expect(try await store.checkpoint("a-2") == nil)
        #expect(try store.removeLeftovers().isEmpty, "its file is not taken for a leftover")
        let next = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(next.version == 4)
    }

    private func change(_ sql: String) async throws {
        let database = try DatabaseQueue(path: "\(folder.path)/runs.sqlite")
        try await database.write { db in
            try db.execute(sql: sql)
            #expect(db.changesCount > 0)
        }
        try database.close()
    }
}
