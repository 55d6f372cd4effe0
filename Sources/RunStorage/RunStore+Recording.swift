public import Checkpoints
internal import DeepQLearning
internal import Foundation
internal import GRDB
internal import Synchronization
public import Training

extension RunStore: TrainingRecorder {
    /// Keeps a job that was just asked for, and what tells its request, all of it or nothing.
    @discardableResult
    public func create(
        _ job: JobRecord,
        for request: IdempotentRequest? = nil
    ) throws -> JobCreation {
        // The row alone might still find room, and the job none for its first checkpoint.
        guard folder.hasRoom else { throw RunStorageError.diskFull(folder.path) }
        return try writeDurably { db in
            if let request, let earlier = try Self.earlierCreation(by: request, db) {
                return earlier
            }
            try db.execute(sql: Self.insertJob, arguments: job.columns)
            if let request {
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO idempotency_key (key, digest, job, created_at)
                        VALUES (?, ?, ?, ?)
                        """,
                    arguments: [request.key, request.digest, job.id, now()]
                )
            }
            return .created
        } undo: { db in
            try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [job.id])
            try db.execute(sql: "DELETE FROM idempotency_key WHERE job = ?", arguments: [job.id])
        }
    }

    /// Keeps how a job stands and what happened since the last call, all of it or nothing.
    public func record(_ events: [TrainingEvent], of job: JobRecord) throws {
        try append(events.count, to: job.id) { number, db in
            try db.execute(sql: Self.updateJob, arguments: job.columns)
            return try eventLog.append(events, job: number, db)
        }
        // Whoever has paused or stopped a job is told so when this returns. What else happens comes
        // several times a second, and is done again from a snapshot where it is lost.
        if isSyncOwed.load(ordering: .relaxed) || events.contains(where: \.isChangeOfState) {
            syncSoon()
        }
    }

    /// Keeps a checkpoint of a job: first the file, then that it is there.
    ///
    /// One that the job has kept before, in a future that it has gone back from, is not kept twice.
    ///
    /// - Parameters:
    ///   - checkpoint: The policy with what must be known to use it.
    ///   - job: The job as it stands.
    ///   - evaluation: The mean return of an evaluation of just this policy, if there was one.
    ///   - isBest: Whether the policy is the best so far.
    /// - Returns: The record with its number and labels.
    /// - Throws: Where the disk or the database refuses.
    public func save(
        _ checkpoint: PolicyCheckpoint,
        of job: JobRecord,
        evaluation: Double?,
        isBest: Bool
    ) throws -> CheckpointRecord {
        let bytes = checkpoint.file.bytes
        let kept = RepeatedCheckpoint(
            job: job.id,
            agentSteps: checkpoint.policy.agentSteps,
            evaluation: evaluation,
            isBest: isBest,
            sha256: sha256(bytes)
        )
        if let record = try record(ofRepeated: kept, bytes) { return record }
        // Taken before the file is written, so that no two checkpoints ever share a number.
        let version = try write { db in
            try Int.fetchOne(
                db,
                sql: """
                    UPDATE job SET last_checkpoint_version = last_checkpoint_version + 1
                    WHERE id = ? RETURNING last_checkpoint_version
                    """,
                arguments: [job.id]
            )
        }
        guard let version else { throw JobForgotten(id: job.id) }
        let record = CheckpointRecord(
            id: "\(job.id)-\(version)",
            job: job.id,
            version: version,
            agentSteps: checkpoint.policy.agentSteps,
            meanReturn100: job.latest.meanReturn100,
            evaluationReturn: evaluation,
            sizeBytes: bytes.count,
            sha256: kept.sha256,
            createdAt: now(),
            labels: kept.labels
        )
        let path = folder.checkpointFile(record.id)
        do {
            try AtomicFile.write(bytes, to: path)
            try insert(record, name: nil, isBest: isBest)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            // Nobody has seen the number yet: it is given back, so that a job that tries again leaves
            // no gap.
            try? write { db in
                try db.execute(
                    sql: """
                        UPDATE job SET last_checkpoint_version = last_checkpoint_version - 1
                        WHERE id = ? AND last_checkpoint_version = ?
                        """,
                    arguments: [job.id, version]
                )
            }
            throw error
        }
        beginRetention(of: job)
        return record
    }

    func insert(_ record: CheckpointRecord, name: String?, isBest: Bool) throws(RunStorageError) {
        defer { modelVersions.forget() }
        try writeDurably { db in
            try db.execute(
                sql: """
                    INSERT INTO checkpoint (id, job, name, version, agent_steps, mean_return_100,
                        evaluation_return, size_bytes, sha256, created_at, is_best)
                    VALUES (?, (SELECT number FROM job WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.id, record.job, name, record.version, record.agentSteps,
                    record.meanReturn100, record.evaluationReturn, record.sizeBytes, record.sha256,
                    record.createdAt, isBest,
                ]
            )
        } undo: { db in
            try db.execute(sql: "DELETE FROM checkpoint WHERE id = ?", arguments: [record.id])
        }
    }

    static func number(of id: String, _ db: Database) throws -> Int? {
        try Int.fetchOne(db, sql: "SELECT number FROM job WHERE id = ?", arguments: [id])
    }
}

extension TrainingEvent {
    fileprivate var isChangeOfState: Bool {
        if case .state = kind { true } else { false }
    }
}
