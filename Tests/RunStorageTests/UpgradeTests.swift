import Foundation
import JSONFields
import RunStorage
import Testing
import Training

/// A data folder as the version before "rewinds" has left it; see Fixtures/DataFolders.
@Suite(.timeLimit(.minutes(5))) struct UpgradeTests {
    let folder = TemporaryFolder()

    @Test("a folder of the version before opens with its jobs, metrics and checkpoints")
    func opens() async throws {
        try unpack()
        let store = try RunStore(folder: data, now: { 2_000_000_000 })
        let jobs = try await store.jobs(limit: 9).jobs
        #expect(jobs.map(\.specification.name) == ["paused cartpole", "running", "done"])
        #expect(jobs.map(\.state) == [.paused, .running, .completed])
        #expect(jobs.allSatisfy { $0.isReadable && $0.specification.checkpointRetention == nil })
        #expect(Set(store.opening.continuedJobs) == Set(jobs.prefix(2).map(\.id)))
        // Their snapshots stay.
        #expect(try store.removeLeftovers().isEmpty)

        let done = try #require(jobs.last)
        #expect(try await table(of: done.id, store) == text("metrics.csv"))
        let events = try await store.events(ofJob: done.id, after: 0, limit: 9999)
        #expect(events.map(\.id) == Array(1...events.count) && events.count > 60)
        let records = try await store.checkpoints(limit: 99).checkpoints
        let told = records.map { JSONValue.object($0.json).description }
        guard case .object(let list) = try JSONValue(parsing: Array(text("checkpoints.json").utf8)),
            case .array(let kept) = list["checkpoints"]
        else { throw RunStorageError.unreadable("checkpoints.json") }
        #expect(told == kept.map(\.description) && records.count == 4)
        for record in records { _ = try await store.verifiedFile(of: record) }
        #expect(try await store.trainingTotals().agentSteps >= jobs[1].progress.agentSteps + 1500)
    }

    @Test("and its jobs go on: events, rewinds and checkpoints of today's version follow")
    func goesOn() async throws {
        try unpack()
        let store = try RunStore(folder: data, now: { 2_000_000_000 })
        var job = try #require(try await store.jobs(state: .running, limit: 9).jobs.first)
        let (last, newest) = (try store.lastEvent(of: job.id), try await store.newestEvent())
        job.progress.agentSteps /= 2
        try store.rewind(job, toEvent: last / 2)
        try store.record(RewindTests.events(1...5, of: job), of: job)
        let new = try await store.events(ofJob: job.id, after: last, limit: 99)
        #expect(new.map(\.name).first == "rewind" && new.count == 6)
        #expect(try await store.newestEvent() == newest + 6)
        #expect(try store.save(.example, of: job, evaluation: nil, isBest: false).version == 1)
        try store.deleteJob(job.id)
        store.finishDeletion()
    }

    @Test("check says what it is, and leaves it as it is unless it is to repair")
    func check() throws {
        try unpack()
        for (repairs, repaired) in [(false, 0), (false, 0), (true, 1), (false, 0)] {
            var findings: [StoreCheck.Finding] = []
            let check = try StoreCheck(folder: data, repairs: repairs, now: { 1 }) {
                findings.append($0)
            }
            let summary = try check.run()
            #expect(summary.repaired == repaired)
            #expect(findings.allSatisfy { $0.fault.contains("of an earlier version") })
            if repairs { #expect(summary.jobs == 3 && summary.snapshots == 2) }
        }
    }

    private var data: String { "\(folder.path)/before-rewinds" }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }

    private func unpack() throws {
        let archive = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/DataFolders/before-rewinds.tar.gz").path
        try FileManager.default.createDirectory(
            atPath: folder.path,
            withIntermediateDirectories: true
        )
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", archive, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
    }

    /// Every point as the API gives it.
    private func table(of job: String, _ store: RunStore) async throws -> String {
        var lines = [
            "name,agent_steps,environment_frames,gradient_updates,episodes,wall_seconds,value"
        ]
        var cursor = MetricCursor()
        while true {
            let points = try await store.points(
                ofJob: job,
                names: nil,
                after: &cursor,
                limit: 50
            )
            if points.isEmpty { return lines.joined(separator: "\n") + "\n" }
            for point in points {
                let at = point.position
                let value = point.value.map { "\($0)" } ?? ""
                lines.append(
                    "\(point.name),\(at.agentSteps),\(at.environmentFrames),"
                        + "\(at.gradientUpdates),\(at.episodes),\(at.wallSeconds),\(value)"
                )
            }
        }
    }
}
