import Checkpoints
import Foundation
import Snapshots
import Synchronization
import Training

/// Keeps in memory what jobs write down, and lets tests wait for it.
final class MemoryRecorder: TrainingRecorder {
    struct Content {
        var jobs: [String: JobRecord] = [:]
        var events: [String: [TrainingEvent]] = [:]
        var checkpoints: [String: [(record: CheckpointRecord, content: PolicyCheckpoint)]] = [:]
        var waiters: [Waiter] = []
    }

    struct Waiter {
        var isMet: @Sendable (Content) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    struct Refusal: Error {}

    private let content = Mutex(Content())
    /// Whether everything is refused, as by a full disk.
    let isFull = Atomic(false)
    /// Whether no job is known any more.
    let isForgetful = Atomic(false)

    var current: Content { content.withLock { $0 } }

    func create(_ job: JobRecord, for request: IdempotentRequest?) throws -> JobCreation {
        try change { $0.jobs[job.id] = job }
        return .created
    }

    func record(_ events: [TrainingEvent], of job: JobRecord) throws {
        if isForgetful.load(ordering: .relaxed) { throw JobForgotten(id: job.id) }
        try change {
            $0.jobs[job.id] = job
            $0.events[job.id, default: []] += events
        }
    }

    func save(
        _ checkpoint: PolicyCheckpoint,
        of job: JobRecord,
        evaluation: Double?,
        isBest: Bool
    ) throws -> CheckpointRecord {
        if isForgetful.load(ordering: .relaxed) { throw JobForgotten(id: job.id) }
        return try change { content in
            // A job that went back to a snapshot makes some of its checkpoints again.
            if let again = content.checkpoints[job.id]?.first(where: {
                $0.record.agentSteps == job.progress.agentSteps && $0.content == checkpoint
            }) {
                return again.record
            }
            let version = (content.checkpoints[job.id]?.count ?? 0) + 1
            let record = CheckpointRecord(
                id: "\(job.id)-\(version)",
                job: job.id,
                version: version,
                agentSteps: job.progress.agentSteps,
                meanReturn100: job.latest.meanReturn100,
                evaluationReturn: evaluation,
                sizeBytes: 0,
                sha256: "",
                createdAt: 0,
                labels: isBest ? ["latest", "best"] : ["latest"]
            )
            content.checkpoints[job.id, default: []].append((record, checkpoint))
            return record
        }
    }

    func snapshots(of job: String) -> SnapshotFolder {
        SnapshotFolder(path: folder.appending(path: job).path)
    }

    func sync() throws {
        if isFull.load(ordering: .relaxed) { throw Refusal() }
    }

    func lastEvent(of job: String) -> Int { current.events[job]?.count ?? 0 }

    func rewind(_ job: JobRecord, toEvent event: Int) throws {
        try change { content in
            content.jobs[job.id] = job
            content.events[job.id] = content.events[job.id].map { Array($0.prefix(event)) }
        }
    }

    /// What a server would find that begins after this one was killed at this moment.
    ///
    /// Nothing is written down meanwhile: a snapshot comes after the events before it.
    func copy() throws -> MemoryRecorder {
        let copy = MemoryRecorder()
        try content.withLock { content in
            let found = content
            copy.content.withLock { copied in
                copied = found
                copied.waiters = []
            }
            try copyFiles(to: copy.folder)
        }
        return copy
    }

    private func copyFiles(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in FileManager.default.enumerator(atPath: self.folder.path)?.allObjects ?? [] {
            guard let name = file as? String else { continue }
            // What is removed meanwhile is not found either.
            let (from, to) = (self.folder.appending(path: name), folder.appending(path: name))
            if (try? from.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false {
                try FileManager.default.createDirectory(at: to, withIntermediateDirectories: true)
            } else {
                try? Data(contentsOf: from).write(to: to)
            }
        }
    }

    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Returns as soon as what was written down meets a condition.
    func wait(until isMet: @escaping @Sendable (Content) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetNow = content.withLock { content in
                if isMet(content) { return true }
                content.waiters.append(Waiter(isMet: isMet, continuation: continuation))
                return false
            }
            if isMetNow { continuation.resume() }
        }
    }

    private func change<Result: Sendable>(
        _ body: @Sendable (inout Content) -> Result
    ) throws -> Result {
        if isFull.load(ordering: .relaxed) { throw Refusal() }
        let (result, met) = content.withLock { content in
            let result = body(&content)
            let now = content
            let met = now.waiters.filter { $0.isMet(now) }
            content.waiters = now.waiters.filter { !$0.isMet(now) }
            return (result, met)
        }
        for waiter in met { waiter.continuation.resume() }
        return result
    }
}
