internal import Foundation
internal import GRDB

/// Blocks in the database.
extension EventBlock {
    /// Keeps the block in place of the one that begins with the same event.
    func store(job: Int, timesThinned: Int, _ db: Database) throws {
        guard let firstNumber = numbers.first, let lastNumber = numbers.last,
            let firstSequence = sequences.first, let lastSequence = sequences.last,
            let minTime = wallSeconds.min(), let maxTime = wallSeconds.max()
        else { return }
        let statement = try db.cachedStatement(
            sql: """
                REPLACE INTO event_block (first_number, last_number, job, first_sequence,
                    last_sequence, events, times_thinned, min_agent_steps, max_agent_steps,
                    min_environment_frames, max_environment_frames, min_gradient_updates,
                    max_gradient_updates, min_episodes, max_episodes, min_wall_seconds,
                    max_wall_seconds, columns)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            firstNumber, lastNumber, job, firstSequence, lastSequence, count, timesThinned,
            agentSteps.min(), agentSteps.max(), environmentFrames.min(), environmentFrames.max(),
            gradientUpdates.min(), gradientUpdates.max(), episodes.min(), episodes.max(), minTime,
            maxTime, Data(bytes),
        ])
    }

}

/// A row of a block whose columns are not decoded yet.
struct EventBlockRow: Sendable {
    var firstNumber: Int
    var lastNumber: Int
    var firstSequence: Int
    var lastSequence: Int
    var bytes: [UInt8]

    init(_ row: Row) {
        firstNumber = row["first_number"]
        lastNumber = row["last_number"]
        firstSequence = row["first_sequence"]
        lastSequence = row["last_sequence"]
        let columns: Data = row["columns"]
        bytes = Array(columns)
    }

    /// The blocks of a job with events after the one numbered `sequence` within it, from the
    /// oldest on.
    static func cursor(
        job: Int,
        after sequence: Int,
        _ db: Database
    ) throws -> MapCursor<RowCursor, EventBlockRow> {
        let statement = try db.cachedStatement(
            sql: """
                SELECT first_number, last_number, first_sequence, last_sequence, columns
                FROM event_block
                WHERE job = :job AND last_sequence > :after AND first_sequence >= coalesce(
                    (SELECT max(first_sequence) FROM event_block
                        WHERE job = :job AND first_sequence <= :after), 0)
                ORDER BY first_sequence
                """
        )
        let arguments: StatementArguments = ["job": job, "after": sequence]
        return try Row.fetchCursor(statement, arguments: arguments).map(EventBlockRow.init)
    }
}
