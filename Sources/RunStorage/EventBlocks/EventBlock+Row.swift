internal import Foundation
internal import GRDB
internal import Training

/// Blocks in the database.
extension EventBlock {
    /// Keeps the block in place of the one that begins with the same event.
    func store(job: Int, timesThinned: Int, _ db: Database) throws {
        guard let firstNumber = numbers.first, let lastNumber = numbers.last,
            let firstSequence = sequences.first, let lastSequence = sequences.last
        else { return }
        let statement = try db.cachedStatement(sql: Self.replaceBlock)
        var arguments: StatementArguments = [
            firstNumber, lastNumber, job, firstSequence, lastSequence, count, timesThinned,
        ]
        for axis in TrainingAxis.allCases {
            arguments += bounds(along: axis)
        }
        arguments += [Data(bytes)]
        try statement.execute(arguments: arguments)
    }

    private static let replaceBlock = """
        REPLACE INTO event_block (first_number, last_number, job, first_sequence,
            last_sequence, events, times_thinned, min_agent_steps, max_agent_steps,
            min_environment_frames, max_environment_frames, min_gradient_updates,
            max_gradient_updates, min_episodes, max_episodes, min_wall_seconds,
            max_wall_seconds, columns)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Where the block begins and ends along an axis; positions may go back where a job does.
    private func bounds(along axis: TrainingAxis) -> StatementArguments {
        if axis.isCount {
            let positions = positions.map { $0[count: axis] }
            return [positions.min(), positions.max()]
        }
        let positions = positions.map { $0[axis] }
        return [positions.min(), positions.max()]
    }
}

/// A row of a block whose columns are not decoded yet.
struct EventBlockRow: Sendable {
    var firstNumber: Int
    var lastNumber: Int
    var firstSequence: Int
    var lastSequence: Int
    var bytes: [UInt8]

    init(_ row: Row) throws {
        firstNumber = try row.value("first_number")
        lastNumber = try row.value("last_number")
        firstSequence = try row.value("first_sequence")
        lastSequence = try row.value("last_sequence")
        let columns: Data = try row.value("columns")
        bytes = Array(columns)
    }

    /// The blocks of a job with events after the one numbered `sequence` within it, from the
    /// oldest on, but for rows that hold something else.
    static func cursor(
        job: Int,
        after sequence: Int,
        _ db: Database
    ) throws -> AnyCursor<EventBlockRow> {
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
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        return AnyCursor(rows.compactMap { row in try? EventBlockRow(row) })
    }
}
