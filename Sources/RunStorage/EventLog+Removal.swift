internal import Foundation
internal import GRDB

extension EventLog {
    /// What came of removing a job's newest events.
    struct Removal {
        /// Whether there were any.
        var isChange = false
        /// Whether a block that ended within them could not be read and is gone as a whole.
        var isDamaged = false
    }

    /// Removes the events of a job after one of them, with their points and with the series that
    /// only they had points of.
    func removeEvents(ofJob job: Int, after event: Int, _ db: Database) throws -> Removal {
        var removal = Removal()
        try db.execute(
            sql: "DELETE FROM event_block WHERE job = ? AND first_sequence > ?",
            arguments: [job, event]
        )
        removal.isChange = db.changesCount > 0
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT first_number, times_thinned, columns FROM event_block
                WHERE job = ? AND last_sequence > ?
                """,
            arguments: [job, event]
        )
        if let row {
            removal.isChange = true
            let (number, timesThinned): (Int, Int) =
                (try row.value("first_number"), try row.value("times_thinned"))
            try db.execute(
                sql: "DELETE FROM event_block WHERE first_number = ?",
                arguments: [number]
            )
            if let block = Self.readBlock(row) {
                var kept = EventBlock()
                for entry in block.entries(where: { block.sequences[$0] <= event }) {
                    kept.append(entry)
                }
                try kept.store(job: job, timesThinned: timesThinned, db)
            } else {
                removal.isDamaged = true
            }
        }
        if removal.isChange { try removeEmptySeries(ofJob: job, db) }
        return removal
    }

    /// Removes the names of series that no block has a point of.
    private func removeEmptySeries(ofJob job: Int, _ db: Database) throws {
        var empty = try String.fetchSet(
            db,
            sql: "SELECT name FROM series WHERE job = ?",
            arguments: [job]
        )
        // The newest blocks have nearly all series.
        let blocks = try Data.fetchCursor(
            db,
            sql: "SELECT columns FROM event_block WHERE job = ? ORDER BY first_sequence DESC",
            arguments: [job]
        )
        while !empty.isEmpty, let columns = try blocks.next() {
            guard let block = try? EventBlockReader(Array(columns)) else { continue }
            for (name, count) in zip(block.seriesNames, block.seriesCounts) where count > 0 {
                empty.remove(name)
            }
        }
        for name in empty {
            try db.execute(
                sql: "DELETE FROM series WHERE job = ? AND name = ?",
                arguments: [job, name]
            )
        }
    }
}
