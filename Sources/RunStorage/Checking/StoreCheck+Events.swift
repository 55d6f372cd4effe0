internal import Foundation
internal import GRDB
internal import Training

extension StoreCheck {
    /// Whether every block of events can be read, and says of itself what it holds.
    func checkEvents(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT first_number, last_number, job.number AS job, job.id AS id, first_sequence,
                    last_sequence, events, columns
                FROM event_block JOIN job ON job.number = event_block.job
                ORDER BY event_block.job, first_sequence
                """
        )
        var last: (job: Int, sequence: Int)?
        while let row = try rows.next() {
            summary.blocks += 1
            let (number, job): (Int, Int) = (try row.value("first_number"), try row.value("job"))
            let id: String = (try? row.value("id")) ?? "number \(job)"
            let place = "job \(id), events from number \(number) on"
            let before = last?.job == job ? last?.sequence : nil
            do {
                let block = try Self.block(row, after: before ?? 0)
                last = (job, block.sequences.last ?? 0)
                try checkSeries(of: block, job: job, place, db)
            } catch let error as RunStorageError {
                // Nobody can read them: without them their neighbours are at least told whole.
                try found(place, "\(error)", repairedBy: "removed them") {
                    try db.execute(
                        sql: "DELETE FROM event_block WHERE first_number = ?",
                        arguments: [number]
                    )
                }
            }
        }
    }

    private static func block(_ row: Row, after sequence: Int) throws -> EventBlock {
        let stored = try EventBlockRow(row)
        let block = try EventBlock(stored.bytes)
        // Every column, also those that only curves read.
        _ = block.entries()
        let said = [
            stored.firstNumber, stored.lastNumber, stored.firstSequence, stored.lastSequence,
            try row.value("events"),
        ]
        let held = [
            block.numbers.first ?? 0, block.numbers.last ?? 0, block.sequences.first ?? 0,
            block.sequences.last ?? 0, block.count,
        ]
        guard said == held else {
            throw RunStorageError.unreadable("its row says \(said), it holds \(held)")
        }
        for numbers in [block.numbers, [sequence] + block.sequences]
        where !zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) {
            throw RunStorageError.unreadable("its events are not in order")
        }
        return block
    }

    private func checkSeries(
        of block: EventBlock,
        job: Int,
        _ place: String,
        _ db: Database
    ) throws {
        for series in block.series where !series.values.isEmpty {
            let isThere = try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT * FROM series WHERE job = ? AND name = ?)",
                arguments: [job, series.name]
            )
            if isThere == true { continue }
            try found(
                place,
                "they have points of \"\(series.name)\", which is no series of the job",
                repairedBy: "it is one now"
            ) {
                try db.execute(
                    sql: "INSERT INTO series (job, name) VALUES (?, ?)",
                    arguments: [job, series.name]
                )
            }
        }
    }
}
