import Foundation
import RunStorage
import Synchronization
import Testing
import Training

/// What the store says where it cannot keep or read something.
@Suite(.timeLimit(.minutes(5))) struct StoreTroubleTests {
    let folder = TemporaryFolder()

    private var file: String { "\(folder.path)/runs.sqlite" }

    /// Runs statements as another program would.
    @discardableResult
    private func sqlite(_ statements: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
                + "print([c.execute(s).fetchall() for s in sys.argv[2].split(';')]); c.commit()",
            file, statements,
        ]
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }

    @Test("a job with an unknown state, field or value is shown as unreadable beside the others")
    func unreadable() async throws {
        let broken = [
            "state = 'dreaming'", "specification = '{\"foo\": 1}'", "specification = 'no json'",
            "agent_steps = 'many'", "created_at = 'yesterday'",
        ]
        do {
            let store = try folder.open()
            for number in 0...broken.count { try store.create(.example("j\(number)")) }
        }
        for (number, change) in broken.enumerated() {
            try sqlite("UPDATE job SET \(change) WHERE id = 'j\(number)'")
        }
        let store = try folder.open()
        let jobs = try await store.jobs(limit: 100).jobs
        #expect(jobs.map(\.id) == (0...broken.count).reversed().map { "j\($0)" })
        #expect(jobs[0] == .example("j\(broken.count)"))
        for job in jobs.dropFirst() {
            #expect(job.state == .failed)
            #expect(job.failure?.contains(file) == true, "\(job.failure ?? "")")
        }
        #expect(try await store.job("j0")?.failure?.contains("dreaming") == true)
        #expect(try await store.job("j3")?.failure?.contains("agent_steps") == true)
        #expect(store.opening.unreadableJobs.count == broken.count)
        #expect(try await store.unfinishedJobs().map(\.id) == ["j\(broken.count)"])
        // They have failed, for those who watch too, and the rest of their rows is left as it was.
        #expect(try sqlite("SELECT state FROM job WHERE id = 'j3'").contains("failed"))
        #expect(try sqlite("SELECT agent_steps FROM job WHERE id = 'j3'").contains("many"))
        let events = try await store.events(ofJob: "j3", after: 0, limit: 9)
        #expect(events.map(\.name) == ["state"] && events[0].data.contains("agent_steps is"))
        try store.deleteJob("j0")
        #expect(try await store.job("j0") == nil)
    }

    @Test("a database of a later version is refused by name and left as it is")
    func laterVersion() throws {
        _ = try folder.open()
        try sqlite("INSERT INTO grdb_migrations VALUES ('from the future')")
        #expect(throws: RunStorageError.laterVersion(file: file)) { _ = try folder.open() }
        #expect(RunStorageError.laterVersion(file: file).description.contains(file))
    }

    @Test("a file that is no database is refused by name")
    func noDatabase() throws {
        _ = try folder.open()
        try Data(repeating: 7, count: 5000).write(to: URL(filePath: file))
        for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) }
        #expect {
            _ = try folder.open()
        } throws: { error in
            guard case RunStorageError.damaged(let name, _) = error else { return false }
            return name == file
        }
    }

    @Test("a folder that was removed or replaced keeps nothing, and says so")
    func folderGone() async throws {
        let store = try folder.open()
        try store.create(.example("a"))
        try await store.checkWritable()
        try FileManager.default.removeItem(atPath: folder.path)
        let gone = RunStorageError.folderGone(folder.path)
        #expect(throws: gone) { try store.create(.example("b")) }
        #expect(throws: gone) { try store.record([], of: .example("a").at(agentSteps: 1)) }
        let other = try folder.open()
        #expect(throws: gone) { try store.create(.example("b")) }
        try other.create(.example("b"))
    }

    @Test("a database that was removed or replaced in its folder keeps nothing, and says so")
    func databaseGone() async throws {
        let store = try folder.open()
        try store.create(.example("a"))
        let gone = RunStorageError.folderGone(folder.path)
        let moved = "\(folder.path)/moved.sqlite"
        try FileManager.default.moveItem(atPath: file, toPath: moved)
        #expect(throws: gone) { try store.create(.example("b")) }
        await #expect(throws: gone) { try await store.checkWritable() }
        try Data().write(to: URL(filePath: file))
        #expect(throws: gone) { try store.record([], of: .example("a").at(agentSteps: 1)) }
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: moved, toPath: file)
        try store.create(.example("b"))
    }

    @Test("a database that another program holds is waited for, then named")
    func locked() async throws {
        let store = try folder.open()
        let holder = Process()
        let (input, output) = (Pipe(), Pipe())
        holder.executableURL = URL(filePath: "/usr/bin/env")
        holder.arguments = [
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
                + "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); input()",
            file,
        ]
        (holder.standardInput, holder.standardOutput) = (input, output)
        try holder.run()
        _ = try output.fileHandleForReading.read(upToCount: 4)
        #expect(throws: RunStorageError.locked(file: file)) { try store.create(.example("a")) }
        await #expect(throws: RunStorageError.locked(file: file)) {
            try await store.checkWritable()
        }
        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        try store.create(.example("a"))
        #expect(try await store.job("a") == .example("a"))
    }

    @Test("a record of a job that is not there is told apart from trouble that passes")
    func forgotten() throws {
        let store = try folder.open()
        let job = JobRecord.example("a").at(agentSteps: 1)
        #expect(throws: JobForgotten(id: "a")) { try store.record([], of: job) }
        #expect(throws: JobForgotten(id: "a")) {
            _ = try store.save(.example, of: job, evaluation: nil, isBest: false)
        }
    }

    @Test("a checkpoint that cannot be written leaves no gap in the versions")
    func versions() throws {
        let store = try folder.open()
        let job = JobRecord.example("a").at(agentSteps: 1)
        try store.create(job)
        let checkpoints = "\(folder.path)/checkpoints"
        try FileManager.default.removeItem(atPath: checkpoints)
        for _ in 0..<3 {
            #expect(throws: (any Error).self) {
                _ = try store.save(.example, of: job, evaluation: nil, isBest: false)
            }
        }
        try FileManager.default.createDirectory(
            atPath: checkpoints,
            withIntermediateDirectories: true
        )
        let kept = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(kept.version == 1 && folder.files == ["a-1.safetensors"])
    }

    @Test("many requests with one key at the same moment make one job")
    func sameMoment() async throws {
        let store = try folder.open()
        let request = IdempotentRequest(key: "k", digest: "d")
        let creations = try await withThrowingTaskGroup { group in
            for number in 0..<16 {
                group.addTask { try store.create(.example("j\(number)"), for: request) }
            }
            return try await group.reduce(into: [JobCreation]()) { $0.append($1) }
        }
        #expect(creations.count { $0 == .created } == 1)
        #expect(try await store.jobs(limit: 100).jobs.count == 1)
    }
}
