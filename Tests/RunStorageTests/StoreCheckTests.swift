import Checkpoints
import Foundation
import GRDB
import RunStorage
import Snapshots
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct StoreCheckTests {
    let folder = TemporaryFolder()

    @Test("a folder in use is clean, with all that it counts")
    func clean() async throws {
        try await fill()
        let (summary, findings) = try check(repairs: false)
        #expect(findings.isEmpty && summary.isClean)
        #expect(
            (summary.jobs, summary.checkpoints, summary.blocks, summary.snapshots) == (3, 4, 4, 0)
        )
    }

    @Test("a folder that a server holds, that is none, or is of a later version is refused")
    func refused() async throws {
        #expect(throws: RunStorageError.folder(folder.path, reason: "it has no runs.sqlite")) {
            _ = try check(repairs: false)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        do {
            let store = try folder.open()
            #expect(throws: RunStorageError.folderInUse(folder.path)) {
                _ = try check(repairs: true)
            }
            store.close()
        }
        try await change("INSERT INTO grdb_migrations VALUES ('from the future')")
        #expect(throws: RunStorageError.laterVersion(file: "\(folder.path)/runs.sqlite")) {
            _ = try check(repairs: true)
        }
    }

    /// What is done to a folder, what is found of it, and whether it can be repaired.
    struct Fault: CustomTestStringConvertible, Sendable {
        var sql: String?
        var file: String?
        var found: String
        var isRepairable = true

        var testDescription: String { found }
    }

    @Test(
        "every fault is found, and repaired where that can be done",
        arguments: [
            Fault(
                sql: "UPDATE event_block SET columns = x'0102' WHERE first_sequence = 1025",
                found: "events from number"
            ),
            Fault(
                sql: "UPDATE event_block SET columns = 'x' WHERE first_sequence = 2049",
                found: "events from number"
            ),
            Fault(
                sql: "UPDATE event_block SET last_sequence = 5000 WHERE first_sequence = 2049",
                found: "its row says"
            ),
            Fault(sql: "DELETE FROM series WHERE name = 'loss'", found: "points of \"loss\""),
            Fault(
                sql: "INSERT INTO event_block SELECT first_number + 90000, last_number, 77, "
                    + "first_sequence, last_sequence, events, times_thinned, min_agent_steps, "
                    + "max_agent_steps, min_environment_frames, max_environment_frames, "
                    + "min_gradient_updates, max_gradient_updates, min_episodes, max_episodes, "
                    + "min_wall_seconds, max_wall_seconds, columns FROM event_block LIMIT 1",
                found: "events of job number 77"
            ),
            Fault(sql: "UPDATE job SET state = 'dreaming' WHERE id = 'a'", found: "dreaming"),
            Fault(
                sql: "UPDATE job SET specification = '{\"version\": 9}' WHERE id = 'b'",
                found: "job b: ",
                isRepairable: false
            ),
            Fault(
                sql: "UPDATE job SET agent_steps = 'many' WHERE id = 'over'",
                found: "job over: ",
                isRepairable: false
            ),
            Fault(
                sql: "UPDATE job SET best_checkpoint = 'none' WHERE id = 'a'",
                found: "its best checkpoint is not there"
            ),
            Fault(
                sql: "UPDATE job SET last_checkpoint_version = 0 WHERE id = 'a'",
                found: "its newest checkpoint has version 3"
            ),
            Fault(sql: "DELETE FROM total", found: "their row is gone"),
            Fault(sql: "UPDATE total SET newest_event = 3", found: "the newest event is number"),
            Fault(
                sql: "PRAGMA foreign_keys = OFF; DELETE FROM job WHERE id = 'a'",
                found: "its job is not there"
            ),
            Fault(
                sql: "UPDATE checkpoint SET sha256 = '00' WHERE id = 'a-2'",
                found: "checkpoint a-2: ",
                isRepairable: false
            ),
            Fault(
                sql: "UPDATE checkpoint SET version = 'new' WHERE id = 'a-2'",
                found: "checkpoint a-2: ",
                isRepairable: false
            ),
            Fault(file: "checkpoints/x.safetensors", found: "no checkpoint has it"),
            Fault(file: "checkpoints/x.safetensors.1.part", found: "not written to its end"),
            Fault(file: "snapshots/over/000001.snapshot", found: "no job goes on from it"),
            Fault(file: "snapshots/a/000001.snapshot", found: "job a: "),
            Fault(file: "snapshots/a.snapshot", found: "job a: "),
            Fault(file: "snapshots/a/000001.snapshot.part", found: "not written to its end"),
        ]
    )
    func faults(fault: Fault) async throws {
        try await fill()
        if let sql = fault.sql { try await change(sql) }
        if let file = fault.file {
            let path = "\(folder.path)/\(file)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true
            )
            try AtomicFile.write(Array("torn".utf8), to: path)
        }
        let (seen, findings) = try check(repairs: false)
        #expect(!seen.isClean && seen.repaired == 0)
        #expect(findings.contains { $0.contains(fault.found) }, "\(findings)")
        let (again, _) = try check(repairs: false)
        #expect(again == seen, "looking changes nothing")
        let (repaired, _) = try check(repairs: true)
        #expect(repaired.isClean == fault.isRepairable)
        let (left, rest) = try check(repairs: false)
        #expect(left.isClean == fault.isRepairable, "\(rest)")
        // Whatever was found, a server starts.
        let store = try folder.open()
        #expect(try await store.jobs(limit: 9).jobs.count >= 2)
        #expect(try await store.events(after: 0, limit: 9999).count >= 3)
        try store.create(.example("new"))
        try store.record(RewindTests.events(1...3, of: .example("new")), of: .example("new"))
    }

    @Test("a file that is gone is found and cannot be repaired, but put back")
    func missingFile() async throws {
        try await fill()
        let path = "\(folder.path)/checkpoints/a-1.safetensors"
        let bytes = try Data(contentsOf: URL(filePath: path))
        try FileManager.default.removeItem(atPath: path)
        #expect(try check(repairs: true).findings.count == 1)
        try bytes.write(to: URL(filePath: path))
        #expect(try check(repairs: false).summary.isClean)
    }

    @Test("a snapshot is clean with its frames, and torn where one of them has changed")
    func frames() async throws {
        try await fill()
        let snapshots = SnapshotFolder(path: "\(folder.path)/snapshots/a")
        let journal = try snapshots.makeJournal()
        journal.append([1, 2, 3, 4], first: 0, stream: 0, frameByteCount: 2)
        let writer = SnapshotWriter(journal: journal)
        try writer.write(framesOf: journal, from: [0])
        journal.store(writer.finish(), number: 1, prepare: {}) { result in
            #expect(throws: Never.self) { try result.get() }
        }
        journal.finish()
        let (whole, findings) = try check(repairs: false)
        #expect(whole.isClean && whole.snapshots == 1, "\(findings)")
        let path = "\(snapshots.path)/000001.frames"
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        bytes[bytes.count - 1] ^= 1
        try AtomicFile.write(bytes, to: path)
        let (torn, found) = try check(repairs: false)
        #expect(!torn.isClean && found.contains { $0.contains("the checksum of the frames") })
        #expect(try check(repairs: true).summary.isClean)
        #expect(snapshots.files.isEmpty)
    }

    private func check(
        repairs: Bool
    ) throws -> (summary: StoreCheck.Summary, findings: [String]) {
        var findings: [String] = []
        let check = try StoreCheck(folder: folder.path, repairs: repairs, now: { 1 }) { finding in
            findings.append("\(finding.place): \(finding.fault)")
        }
        return (try check.run(), findings)
    }

    /// Two jobs that have not ended, one that has; four checkpoints; four blocks of events.
    private func fill() async throws {
        let store = try folder.open()
        for id in ["a", "b", "over"] { try store.create(.example(id)) }
        let job = JobRecord.example("a").at(agentSteps: 9000)
        try store.record(RewindTests.events(1...3000, of: job), of: job)
        var over = JobRecord.example("over")
        over.state = .completed
        try store.record(RewindTests.events(1...3, of: over), of: over)
        for isBest in [false, true, false] {
            _ = try store.save(.example, of: job, evaluation: nil, isBest: isBest)
        }
        let bytes = PolicyCheckpoint.example.file.bytes
        _ = try await store.importCheckpoint(bytes, id: "mine", name: nil)
        store.close()
    }

    private func change(_ sql: String) async throws {
        let database = try DatabaseQueue(path: "\(folder.path)/runs.sqlite")
        try await database.writeWithoutTransaction { db in try db.execute(sql: sql) }
        try database.close()
    }
}
