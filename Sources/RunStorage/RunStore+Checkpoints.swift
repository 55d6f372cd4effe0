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
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "\(Self.selectCheckpoints) WHERE job.id = ? ORDER BY version",
                arguments: [job]
            ).map(CheckpointRecord.init)
        }
    }

    /// One checkpoint, or nil.
    public func checkpoint(_ id: String) async throws(RunStorageError) -> CheckpointRecord? {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: "\(Self.selectCheckpoints) WHERE checkpoint.id = ?",
                arguments: [id]
            ).map(CheckpointRecord.init)
        }
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
        try write { db in
            try db.execute(sql: "DELETE FROM checkpoint WHERE id = ?", arguments: [id])
            try db.execute(
                sql: "UPDATE job SET best_checkpoint = NULL WHERE best_checkpoint = ?",
                arguments: [id]
            )
        }
        try? FileManager.default.removeItem(atPath: folder.checkpointFile(id))
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
