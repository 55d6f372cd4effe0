internal import Foundation
internal import GRDB
internal import Training

/// Writes events, and with them the points of their series, within the transactions of others.
///
/// The newest block of a job is written anew with each call until it is full, so that what a call
/// has written is kept with its transaction and blocks are large all the same.
struct EventLog: Sendable {
    /// A job with more events has its older ones thinned.
    let mostEvents: Int
    let numbers: EventNumbers

    /// So many blocks are thinned together: they become one to some twenty.
    private static let blocksThinnedTogether = 64

    /// Appends events to those of a job.
    ///
    /// - Parameters:
    ///   - events: What happened, oldest first.
    ///   - job: The job's number.
    ///   - leavesGap: Whether events of the job after its newest one may have been seen that are not
    ///     kept any more.
    ///   - db: The transaction.
    /// - Returns: The number of the newest event of all jobs.
    /// - Throws: Where the database refuses.
    @discardableResult
    func append(
        _ events: [TrainingEvent],
        job: Int,
        leavesGap: Bool = false,
        _ db: Database
    ) throws -> Int {
        var (number, reserved) = try EventNumbers.current(db)
        guard !events.isEmpty else { return number }
        precondition(
            number + events.count <= reserved,
            "\(events.count) events after \(number), reserved up to \(reserved)"
        )
        var (block, sequence) = try Self.newestBlock(ofJob: job, db)
        // The number over all jobs grows at least as fast as any job's own, so that no event of this
        // one ever had a larger one.
        if leavesGap || numbers.mustLeaveGap(job) { sequence = max(sequence, number) }
        var isFirst = true
        for event in events {
            if !block.hasRoom(for: number + 1) {
                try Self.store(block, job: job, db)
                block = EventBlock()
                isFirst = false
            }
            sequence += 1
            number += 1
            block.append(event, sequence: sequence, number: number)
        }
        try Self.store(block, job: job, db)
        try db.execute(sql: "UPDATE total SET newest_event = ?", arguments: [number])
        if !isFirst, sequence > mostEvents {
            try thin(job: job, db)
        }
        return number
    }

    /// The job's newest block where it may take more events, otherwise an empty one; and the number
    /// of the job's newest event.
    private static func newestBlock(
        ofJob job: Int,
        _ db: Database
    ) throws -> (block: EventBlock, sequence: Int) {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT events, times_thinned, last_sequence, columns FROM event_block
                WHERE job = ? ORDER BY first_sequence DESC LIMIT 1
                """,
            arguments: [job]
        )
        guard let row else { return (EventBlock(), 0) }
        let sequence: Int = try row.value("last_sequence")
        let (events, timesThinned): (Int, Int) =
            (try row.value("events"), try row.value("times_thinned"))
        guard events < EventBlock.mostEvents, timesThinned == 0 else {
            return (EventBlock(), sequence)
        }
        // What follows a damaged block is kept all the same.
        return (readBlock(row) ?? EventBlock(), sequence)
    }

    /// The block of a row; nil where it is damaged.
    static func readBlock(_ row: Row) -> EventBlock? {
        guard let columns: Data = try? row.value("columns") else { return nil }
        return try? EventBlock(Array(columns))
    }

    /// Keeps a block and the names of its series.
    static func store(_ block: EventBlock, job: Int, _ db: Database) throws {
        try block.store(job: job, timesThinned: 0, db)
        let statement = try db.cachedStatement(
            sql: "INSERT INTO series (job, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
        )
        for series in block.series {
            try statement.execute(arguments: [job, series.name])
        }
    }

    /// Thins the oldest blocks until the job has no more than `mostEvents`.
    ///
    /// Of those that were thinned equally often the most numerous go first, so that each age keeps
    /// its share; the newest quarter is never thinned.
    private func thin(job: Int, _ db: Database) throws {
        while true {
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT times_thinned, sum(events) AS events FROM event_block WHERE job = ?
                    GROUP BY times_thinned
                    """,
                arguments: [job]
            )
            let ages: [Age] = try rows.map { row in
                let (timesThinned, events): (Int, Int) =
                    (try row.value("times_thinned"), try row.value("events"))
                let kept = timesThinned == 0 ? mostEvents / 4 : 0
                return Age(timesThinned: timesThinned, events: events, thinnable: events - kept)
            }
            guard ages.reduce(0, { $0 + $1.events }) > mostEvents,
                let age = ages.filter({ $0.thinnable > 0 }).max(by: { $0.events < $1.events }),
                try thinOldest(age, job: job, db)
            else { return }
        }
    }

    /// Blocks that were thinned equally often.
    private struct Age {
        var timesThinned: Int
        var events: Int
        /// So many events at most may be thinned now.
        var thinnable: Int
    }

    /// Thins some of the oldest blocks of an age.
    ///
    /// - Returns: Whether any event went.
    private func thinOldest(_ age: Age, job: Int, _ db: Database) throws -> Bool {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT first_number, columns FROM event_block WHERE job = ? AND times_thinned = ?
                ORDER BY first_sequence LIMIT ?
                """,
            arguments: [job, age.timesThinned, Self.blocksThinnedTogether]
        )
        var (before, after) = (0, 0)
        var thinned = EventBlock()
        var finished: [EventBlock] = []
        for row in rows {
            // A damaged one is left as it is, and what is newer than it.
            guard let block = Self.readBlock(row) else { break }
            guard before + block.count <= age.thinnable else { break }
            before += block.count
            let stays = block.thinned()
            for entry in block.entries(where: { stays[$0] }) {
                if !thinned.hasRoom(for: entry.number) {
                    finished.append(thinned)
                    thinned = EventBlock()
                }
                thinned.append(entry)
                after += 1
            }
            try db.execute(
                sql: "DELETE FROM event_block WHERE first_number = ?",
                arguments: [row["first_number"] as Int]
            )
        }
        for block in finished + [thinned] {
            try block.store(job: job, timesThinned: age.timesThinned + 1, db)
        }
        return after < before
    }
}
