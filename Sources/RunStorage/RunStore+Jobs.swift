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
        return try row.value("digest") == request.digest
            ? .repeated(job: try row.value("job")) : .keyReused
    }
}
