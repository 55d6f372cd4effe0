internal import Foundation
internal import GRDB
public import Training

extension RunStore {
    /// A part of the jobs, newest first.
    public struct JobPage: Equatable, Sendable {
        /// The jobs.
        public var jobs: [JobRecord]
        /// Where the next part begins; nil at the end.
        public var next: JobCursor?
    }

    /// Lists jobs, newest first.
    ///
    /// - Parameters:
    ///   - state: Only those in this state.
    ///   - environment: Only those in this environment.
    ///   - limit: At most so many.
    ///   - cursor: `next` of the part before.
    /// - Returns: The jobs, and where the next part begins.
    /// - Throws: Where the database refuses.
    public func jobs(
        state: JobState? = nil,
        environment: String? = nil,
        limit: Int,
        after cursor: JobCursor? = nil
    ) async throws(RunStorageError) -> JobPage {
        let before = cursor?.number ?? Int.max
        let rows = try await read { [folder] db in
            try Row.fetchAll(
                db,
                sql: """
                    \(Self.selectJobs)
                    WHERE number < ? AND (? IS NULL OR state = ?)
                        AND (? IS NULL OR environment = ?)
                    ORDER BY number DESC LIMIT ?
                    """,
                arguments: [
                    before, state?.rawValue, state?.rawValue, environment, environment, limit + 1,
                ]
            ).map { row in
                (number: row["number"] as Int, job: JobRecord.read(row, in: folder))
            }
        }
        let page = rows.prefix(limit)
        return JobPage(
            jobs: page.map(\.job),
            next: rows.count > limit ? page.last.map { JobCursor(before: $0.number) } : nil
        )
    }

    /// One job, or nil.
    public func job(_ id: String) async throws(RunStorageError) -> JobRecord? {
        try await read { [folder] db in
            try Row.fetchOne(db, sql: "\(Self.selectJobs) WHERE id = ?", arguments: [id])
                .map { JobRecord.read($0, in: folder) }
        }
    }

    /// The jobs that wait, or go on where the last server left them, oldest first.
    public func unfinishedJobs() async throws(RunStorageError) -> [JobRecord] {
        try await read { [folder] db in
            try Row.fetchAll(
                db,
                sql:
                    "\(Self.selectJobs) WHERE state IN ('queued', 'running', 'paused') ORDER BY number"
            ).map { JobRecord.read($0, in: folder) }.filter(\.isReadable)
        }
    }

    /// Forgets a job, what happened in it, and its checkpoints.
    public func deleteJob(_ id: String) throws(RunStorageError) {
        defer { modelVersions.forget() }
        let checkpoints = try write { db in
            let checkpoints = try String.fetchAll(
                db,
                sql: """
                    SELECT id FROM checkpoint
                    WHERE job = (SELECT number FROM job WHERE id = ?)
                    """,
                arguments: [id]
            )
            try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [id])
            return checkpoints
        }
        for checkpoint in checkpoints {
            try? FileManager.default.removeItem(atPath: folder.checkpointFile(checkpoint))
        }
    }

    /// What the same request has made before.
    ///
    /// - Parameter request: What tells it.
    /// - Returns: What came of it then; nil if it is new, or if the job it made was deleted.
    /// - Throws: Where the database refuses.
    public func earlierCreation(
        by request: IdempotentRequest
    ) async throws(RunStorageError) -> JobCreation? {
        try await read { db in try Self.earlierCreation(by: request, db) }
    }

    static func earlierCreation(
        by request: IdempotentRequest,
        _ db: Database
    ) throws -> JobCreation? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT digest, job FROM idempotency_key
                WHERE key = ? AND job IN (SELECT id FROM job)
                """,
            arguments: [request.key]
        )
        guard let row else { return nil }
        return row["digest"] == request.digest ? .repeated(job: row["job"]) : .keyReused
    }
}

extension RunStore {
    /// What all jobs that are kept have done together.
    public struct TrainingTotals: Equatable, Sendable {
        /// Actions chosen.
        public var agentSteps: Int
        /// Updates made.
        public var gradientUpdates: Int
        /// Episodes ended.
        public var episodes: Int
    }

    /// How many jobs are in a state.
    public func jobCount(in state: JobState) async throws(RunStorageError) -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM job WHERE state = ?",
                arguments: [state.rawValue]
            ) ?? 0
        }
    }

    /// What all jobs that are kept have done together.
    public func trainingTotals() async throws(RunStorageError) -> TrainingTotals {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(agent_steps), 0) AS agent_steps,
                        coalesce(sum(gradient_updates), 0) AS gradient_updates,
                        coalesce(sum(episodes), 0) AS episodes
                    FROM job
                    """
            )
            guard let row else { throw RunStorageError.database("a sum has no row") }
            return TrainingTotals(
                agentSteps: row["agent_steps"],
                gradientUpdates: row["gradient_updates"],
                episodes: row["episodes"]
            )
        }
    }
}
