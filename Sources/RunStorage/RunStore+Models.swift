internal import GRDB
public import Training

extension RunStore {
    /// A part of the checkpoints, newest first.
    public struct CheckpointPage: Equatable, Sendable {
        /// The checkpoints.
        public var checkpoints: [CheckpointRecord]
        /// Where the next part begins; nil at the end.
        public var next: Int?
    }

    /// A job that has checkpoints, or a checkpoint that was made elsewhere.
    public struct ModelRecord: Equatable, Sendable {
        /// The job's id, or the checkpoint's.
        public var name: String
        /// The environment of the job.
        public var environment: String?
        /// The versions, oldest first.
        public var checkpoints: [CheckpointRecord]
    }

    /// A part of the models, newest first.
    public struct ModelPage: Equatable, Sendable {
        /// The models.
        public var models: [ModelRecord]
        /// Where the next part begins; nil at the end.
        public var next: Int?
    }

    /// Lists checkpoints, newest first, those that were made elsewhere among them.
    ///
    /// - Parameters:
    ///   - job: Only those of this job.
    ///   - limit: At most so many.
    ///   - cursor: `next` of the part before.
    /// - Returns: The checkpoints, and where the next part begins.
    /// - Throws: Where the database refuses.
    public func checkpoints(
        job: String? = nil,
        limit: Int,
        after cursor: Int? = nil
    ) async throws(RunStorageError) -> CheckpointPage {
        let rows = try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    \(Self.selectCheckpoints)
                    WHERE checkpoint.number < ? AND (? IS NULL OR job.id = ?)
                    ORDER BY checkpoint.number DESC LIMIT ?
                    """,
                arguments: [cursor ?? Int.max, job, job, limit + 1]
            ).map { row in
                (number: row["number"] as Int, checkpoint: Self.readableCheckpoint(row))
            }
        }
        let page = rows.prefix(limit)
        return CheckpointPage(
            checkpoints: page.compactMap(\.checkpoint),
            next: rows.count > limit ? page.last?.number : nil
        )
    }

    /// Lists models, the one whose first checkpoint is newest first.
    ///
    /// - Parameters:
    ///   - limit: At most so many.
    ///   - cursor: `next` of the part before.
    /// - Returns: The models, and where the next part begins.
    /// - Throws: Where the database refuses.
    public func models(
        limit: Int,
        after cursor: Int? = nil
    ) async throws(RunStorageError) -> ModelPage {
        let rows = try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT min(checkpoint.number) AS first, job.id AS job, job.environment,
                        checkpoint.id AS checkpoint
                    FROM checkpoint LEFT JOIN job ON job.number = checkpoint.job
                    GROUP BY coalesce(job.id, checkpoint.id)
                    HAVING first < ? ORDER BY first DESC LIMIT ?
                    """,
                arguments: [cursor ?? Int.max, limit + 1]
            ).map { row in (first: row["first"] as Int, model: try Self.model(row, db)) }
        }
        let page = rows.prefix(limit)
        return ModelPage(
            models: page.map(\.model),
            next: rows.count > limit ? page.last?.first : nil
        )
    }

    private static func model(_ row: Row, _ db: Database) throws -> ModelRecord {
        if let job: String = try row.optionalValue("job") {
            return ModelRecord(
                name: job,
                environment: try row.optionalValue("environment"),
                checkpoints: try checkpoints(ofJob: job, db)
            )
        }
        let id: String = try row.value("checkpoint")
        return ModelRecord(
            name: id,
            environment: nil,
            checkpoints: try checkpoint(id, db).map { [$0] } ?? []
        )
    }
}
