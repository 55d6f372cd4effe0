internal import GRDB
public import Training

extension RunStore {
    /// The number within the job of its newest kept event; 0 before the first.
    /// - Throws: Where the database refuses.
    public func lastEvent(of job: String) throws -> Int {
        try readNow { db in try Self.newestSequence(ofJob: job, db) }
    }

    static func newestSequence(ofJob job: String, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT last_sequence FROM event_block
                WHERE job = (SELECT number FROM job WHERE id = ?)
                ORDER BY first_sequence DESC LIMIT 1
                """,
            arguments: [job]
        ) ?? 0
    }

    /// Takes back what happened in a job after one of its events, as the job goes on from there.
    ///
    /// Those who watch are told by a `rewind` event, with a number that no event had before. It is
    /// left out where nothing is taken back and nobody can have seen more than what is kept.
    /// Checkpoints stay: when the job comes to them again they are found, not written twice.
    ///
    /// - Parameters:
    ///   - job: The job as it stood then, which becomes its row.
    ///   - event: The number within the job of the last event that stays; 0 for none.
    /// - Throws: `JobForgotten` where there is no such job, and where the disk or the database
    ///   refuses; then nothing has changed.
    public func rewind(_ job: JobRecord, toEvent event: Int) throws {
        precondition(event >= 0, "events are numbered from 1, got \(event)")
        let position = job.progress.position
        try append(2, to: job.id) { number, db in
            let removal = try eventLog.removeEvents(ofJob: number, after: event, db)
            var events: [TrainingEvent] = []
            if removal.isChange || eventLog.numbers.isTorn(number) {
                events.append(TrainingEvent(.rewind, at: position, time: now()))
            }
            if removal.isDamaged {
                let line =
                    "up to some thousand events before this one could not be read and are gone"
                events.append(TrainingEvent(.log(.warning, line), at: position, time: now()))
            }
            try db.execute(sql: Self.updateJob, arguments: job.columns)
            try db.execute(
                sql: "UPDATE job SET rewinds = rewinds + 1 WHERE number = ?",
                arguments: [number]
            )
            try db.execute(
                sql: "UPDATE checkpoint SET is_ahead = 1 WHERE job = ? AND agent_steps >= ?",
                arguments: [number, position.agentSteps]
            )
            return try eventLog.append(events, job: number, leavesGap: true, db)
        }
    }

    /// A job's number, and how often it has gone back; nil where there is none.
    static func rewinds(ofJob id: String, _ db: Database) throws -> (job: Int, rewinds: Int)? {
        try Row.fetchOne(
            db,
            sql: "SELECT number, rewinds FROM job WHERE id = ?",
            arguments: [id]
        ).map { row in (row["number"], row["rewinds"]) }
    }
}
