import Checkpoints
import Foundation
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct BackupTests {
    let folder = TemporaryFolder()

    @Test("a backup opens as a data folder of its own, with everything in it")
    func restored() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a").at(agentSteps: 6000)
        try store.create(job)
        try store.record(RewindTests.events(1...2000, of: job), of: job)
        let kept = try store.save(.example, of: job, evaluation: nil, isBest: true)
        let path = "\(folder.path)/snapshots/a"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for name in ["000001.snapshot", "000001.frames", "000002.snapshot.part"] {
            try AtomicFile.write(Array(name.utf8), to: "\(path)/\(name)")
        }
        let backup = try await store.backUp()
        #expect(backup.jobs == 1 && backup.checkpoints == 1 && backup.databaseBytes > 4096)
        #expect(backup.folder == "\(folder.path)/backups/1970-01-12T13-46-40.000Z")
        // What happens later is not in it.
        try store.record(RewindTests.events(2001...2500, of: job), of: job)
        try store.deleteJob("a")
        #expect(try await store.job("a") == nil && folder.files.isEmpty)

        let copy = try RunStore(folder: backup.folder, now: { 2 })
        #expect(try await copy.job("a") == job)
        #expect(try copy.lastEvent(of: "a") == 2000)
        #expect(try await copy.checkpoints(ofJob: "a") == [kept])
        #expect(try await copy.policy(of: kept) == .example)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: "\(backup.folder)/snapshots/a"
        )
        #expect(names.sorted() == ["000001.frames", "000001.snapshot"])
        #expect(try copy.removeLeftovers().isEmpty)
        try copy.record(RewindTests.events(2001...2002, of: job), of: job)
    }

    @Test("a backup made while jobs write and checkpoints come and go is whole")
    func underLoad() async throws {
        let store = try RunStore(folder: folder.path, now: { Date().timeIntervalSince1970 })
        let jobs = (0..<3).map { JobRecord.example("j\($0)").at(agentSteps: 10) }
        for job in jobs { try store.create(job) }
        try await withThrowingTaskGroup { group in
            for job in jobs {
                group.addTask {
                    for round in 0..<40 {
                        let range = round * 100 + 1...round * 100 + 100
                        try store.record(RewindTests.events(range, of: job), of: job)
                        let kept = try store.save(.example, of: job, evaluation: nil, isBest: false)
                        if round % 3 == 0 { try await store.deleteCheckpoint(kept.id) }
                    }
                }
            }
            group.addTask {
                for _ in 0..<6 {
                    let backup = try await store.backUp()
                    var findings: [String] = []
                    let check = try StoreCheck(
                        folder: backup.folder,
                        repairs: false,
                        now: { 1 }
                    ) { findings.append("\($0)") }
                    let summary = try check.run()
                    #expect(findings.isEmpty)
                    #expect(summary.jobs == 3 && summary.checkpoints == backup.checkpoints)
                }
            }
            try await group.waitForAll()
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/backups")
        #expect(names.count == 6 && names.allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test("a backup that a killed server has not finished is removed")
    func unfinished() throws {
        let store = try folder.open()
        let path = "\(folder.path)/backups/1970.part/checkpoints"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(
            try store.removeLeftovers() == ["removed 1970.part: it was not written to its end"]
        )
    }
}
