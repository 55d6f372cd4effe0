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

    func suspend(_ job: JobRecord, _ write: (SnapshotWriter) throws -> Void) throws {
        if isFull.load(ordering: .relaxed) { throw Refusal() }
        let writer = try SnapshotWriter(path: snapshotFile(job.id))
        try write(writer)
        try writer.finish()
    }

    func suspension(of job: String) throws -> SnapshotReader? {
        let file = snapshotFile(job)
        return FileManager.default.fileExists(atPath: file) ? try SnapshotReader(path: file) : nil
    }

    func removeSuspension(of job: String) {
        try? FileManager.default.removeItem(atPath: snapshotFile(job))
    }

    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    private func snapshotFile(_ job: String) -> String {
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: job).path
    }

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
