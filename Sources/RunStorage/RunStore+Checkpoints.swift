public import Checkpoints
internal import DeepQLearning
internal import Foundation
internal import GRDB
public import Training

extension RunStore {
    /// A job's checkpoints, oldest first.
    public func checkpoints(
        ofJob job: String
    ) async throws(RunStorageError) -> [CheckpointRecord] {
        try await read { db in try Self.checkpoints(ofJob: job, db) }
    }

    /// The versions of a model, oldest first, or nil where there is none of that name: a job's
    /// checkpoints, or one that was brought in under that id.
    public func checkpoints(
        ofModel name: String
    ) async throws(RunStorageError) -> [CheckpointRecord]? {
        let (known, changes) = modelVersions.find(name)
        if let known { return known }
        let found = try await read { db -> [CheckpointRecord]? in
            let isJob = "SELECT EXISTS (SELECT * FROM job WHERE id = ?)"
            if try Bool.fetchOne(db, sql: isJob, arguments: [name]) == true {
                return try Self.checkpoints(ofJob: name, db)
            }
            return try Self.checkpoint(name, db).flatMap { $0.job == nil ? [$0] : nil }
        }
        if let found {
            modelVersions.keep(found, of: name, since: changes)
        }
        return found
    }

    /// One checkpoint, or nil.
    public func checkpoint(_ id: String) async throws(RunStorageError) -> CheckpointRecord? {
        try await read { db in try Self.checkpoint(id, db) }
    }

    /// The file a checkpoint lies in.
    public func file(ofCheckpoint id: String) -> String {
        folder.checkpointFile(id)
    }

    /// Keeps a checkpoint that was made elsewhere.
    ///
    /// - Parameters:
    ///   - checkpoint: What was brought in.
    ///   - id: Its name in URLs, not used before.
    ///   - name: What people call it.
    /// - Returns: The record.
    /// - Throws: Where the disk or the database refuses.
    public func importCheckpoint(
        _ checkpoint: PolicyCheckpoint,
        id: String,
        name: String?
    ) throws -> CheckpointRecord {
        let bytes = checkpoint.file.bytes
        let record = CheckpointRecord(
            id: id,
            job: nil,
            version: 1,
            agentSteps: checkpoint.policy.agentSteps,
            meanReturn100: nil,
            evaluationReturn: nil,
            sizeBytes: bytes.count,
            sha256: sha256(bytes),
            createdAt: now(),
            labels: ["latest"]
        )
        try AtomicFile.write(bytes, to: folder.checkpointFile(id))
        try insert(record, name: name, isBest: false)
        return record
    }

    /// Forgets a checkpoint, first that it is there, then its file.
    public func deleteCheckpoint(_ id: String) throws(RunStorageError) {
        defer { modelVersions.forget() }
        try write { db in
            try db.execute(sql: "DELETE FROM checkpoint WHERE id = ?", arguments: [id])
            try db.execute(
                sql: "UPDATE job SET best_checkpoint = NULL WHERE best_checkpoint = ?",
                arguments: [id]
            )
        }
        try? FileManager.default.removeItem(atPath: folder.checkpointFile(id))
    }

    private static func checkpoints(ofJob job: String, _ db: Database) throws -> [CheckpointRecord]
    {
        try Row.fetchAll(
            db,
            sql: "\(selectCheckpoints) WHERE job.id = ? ORDER BY version",
            arguments: [job]
        ).map(CheckpointRecord.init)
    }

    private static func checkpoint(_ id: String, _ db: Database) throws -> CheckpointRecord? {
        try Row.fetchOne(
            db,
            sql: "\(selectCheckpoints) WHERE checkpoint.id = ?",
            arguments: [id]
        ).map(CheckpointRecord.init)
    }

    /// The labels follow from the rows: the newest is `latest`, the newest best is `best`.
    private static let selectCheckpoints = """
        SELECT checkpoint.id, job.id AS job, version, checkpoint.agent_steps,
            checkpoint.mean_return_100, evaluation_return, size_bytes, sha256,
            checkpoint.created_at,
            checkpoint.job IS NULL OR version = (SELECT max(version) FROM checkpoint AS other
                WHERE other.job = checkpoint.job) AS is_latest,
            is_best AND version = (SELECT max(version) FROM checkpoint AS other
                WHERE other.job = checkpoint.job AND other.is_best) AS is_best
        FROM checkpoint LEFT JOIN job ON job.number = checkpoint.job
        """
}

extension CheckpointRecord {
    fileprivate init(_ row: Row) {
        let (isLatest, isBest): (Bool, Bool) = (row["is_latest"], row["is_best"])
        self.init(
            id: row["id"],
            job: row["job"],
            version: row["version"],
            agentSteps: row["agent_steps"],
            meanReturn100: row["mean_return_100"],
            evaluationReturn: row["evaluation_return"],
            sizeBytes: row["size_bytes"],
            sha256: row["sha256"],
            createdAt: row["created_at"],
            labels: (isLatest ? ["latest"] : []) + (isBest ? ["best"] : [])
        )
    }
}
