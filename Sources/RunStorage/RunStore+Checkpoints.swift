internal import BackgroundQueues
public import Checkpoints
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

    /// What a checkpoint holds, read from its file.
    /// - Throws: `CheckpointError.damaged` or `missing` where that is not what was written.
    public func policy(
        of checkpoint: CheckpointRecord
    ) async throws(CheckpointError) -> PolicyCheckpoint {
        let path = folder.checkpointFile(checkpoint.id)
        return try await checkpointDigests.queue.run { () throws(CheckpointError) in
            try PolicyCheckpoint(contentsOf: path, sha256: checkpoint.sha256)
        }
    }

    /// The file a checkpoint lies in, found to be what was written.
    /// - Throws: `CheckpointError.damaged` or `missing` where it is not.
    public func verifiedFile(
        of checkpoint: CheckpointRecord
    ) async throws(CheckpointError) -> String {
        let path = folder.checkpointFile(checkpoint.id)
        try await checkpointDigests.verify(checkpoint, at: path)
        return path
    }

    static func checkpoints(ofJob job: String, _ db: Database) throws -> [CheckpointRecord] {
        try Row.fetchAll(
            db,
            sql: "\(selectCheckpoints) WHERE job.id = ? ORDER BY version",
            arguments: [job]
        ).compactMap(readableCheckpoint)
    }

    static func checkpoint(_ id: String, _ db: Database) throws -> CheckpointRecord? {
        try Row.fetchOne(
            db,
            sql: "\(selectCheckpoints) WHERE checkpoint.id = ?",
            arguments: [id]
        ).flatMap(readableCheckpoint)
    }

    /// One row that cannot be read must not hide the others; `dqn-server check` names it.
    static func readableCheckpoint(_ row: Row) -> CheckpointRecord? {
        try? CheckpointRecord(row)
    }

    /// The labels follow from the rows: the newest is `latest`, the newest best is `best`.
    static let selectCheckpoints = """
        SELECT checkpoint.number, checkpoint.id, job.id AS job, checkpoint.name, version, checkpoint.agent_steps,
            checkpoint.mean_return_100, evaluation_return, size_bytes, sha256,
            checkpoint.created_at,
            checkpoint.job IS NULL OR version = (SELECT max(version) FROM checkpoint AS other
                WHERE other.job = checkpoint.job) AS is_latest,
            coalesce(is_best AND version = (SELECT max(version) FROM checkpoint AS other
                WHERE other.job = checkpoint.job AND other.is_best), 0) AS is_best
        FROM checkpoint LEFT JOIN job ON job.number = checkpoint.job
        """
}

extension CheckpointRecord {
    /// - Throws: `RunStorageError.unreadable` where another program has written something else.
    init(_ row: Row) throws {
        let (isLatest, isBest): (Bool, Bool) = (
            try row.value("is_latest"), try row.value("is_best")
        )
        self.init(
            id: try row.value("id"),
            job: try row.optionalValue("job"),
            name: try row.optionalValue("name"),
            version: try row.value("version"),
            agentSteps: try row.value("agent_steps"),
            meanReturn100: try row.optionalValue("mean_return_100"),
            evaluationReturn: try row.optionalValue("evaluation_return"),
            sizeBytes: try row.value("size_bytes"),
            sha256: try row.value("sha256"),
            createdAt: try row.value("created_at"),
            labels: (isLatest ? ["latest"] : []) + (isBest ? ["best"] : [])
        )
    }
}
