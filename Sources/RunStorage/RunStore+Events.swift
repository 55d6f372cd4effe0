internal import GRDB

/// An event as it was written down.
public struct StoredEvent: Equatable, Sendable {
    /// Grows by one within a job; over all jobs where the events of all were asked for.
    ///
    /// Where old events were thinned there are gaps.
    public var id: Int
    /// The job it happened in.
    public var job: String
    /// The kind of event.
    public var name: String
    /// Its data, one line of JSON.
    public var data: String
}

extension RunStore {
    /// Events of a job after the one numbered `id`, at most `limit`, oldest first.
    public func events(
        ofJob job: String,
        after id: Int,
        limit: Int
    ) async throws(RunStorageError) -> [StoredEvent] {
        let entries = try await read { [damages] db -> [StoredEntry] in
            guard let number = try Self.number(of: job, db) else { return [] }
            let blocks = try EventBlockRow.cursor(job: number, after: id, db)
            var entries: [StoredEntry] = []
            while entries.count < limit, let row = try blocks.next() {
                entries +=
                    damages.reading(row) { () throws(RunStorageError) in
                        let block = try EventBlock(row.bytes)
                        return block.entries { block.sequences[$0] > id }
                    } ?? []
            }
            return entries
        }
        return entries.prefix(limit).map { StoredEvent($0, id: $0.sequence, job: job) }
    }

    /// Events of all jobs after the one numbered `id`, at most `limit`, oldest first.
    public func events(after id: Int, limit: Int) async throws(RunStorageError) -> [StoredEvent] {
        let events = try await read { [damages] db -> [(job: String, entry: StoredEntry)] in
            // A block that has the next event begins at most so many numbers before it.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT job.id, first_number, last_number, first_sequence, last_sequence, columns
                    FROM event_block JOIN job ON job.number = event_block.job
                    WHERE first_number > ? AND last_number > ? ORDER BY first_number
                    """,
                arguments: [id - EventBlock.mostNumbers, id]
            )
            var events: [(job: String, entry: StoredEntry)] = []
            while let row = try rows.next() {
                guard let stored = try? EventBlockRow(row) else { continue }
                // The blocks of jobs that ran at the same time overlap.
                if events.count >= limit, events[limit - 1].entry.number < stored.firstNumber {
                    break
                }
                let job: String = try row.value("id")
                events +=
                    damages.reading(stored) { () throws(RunStorageError) in
                        let block = try EventBlock(stored.bytes)
                        return block.entries { block.numbers[$0] > id }.map { (job, $0) }
                    } ?? []
                events.sort { $0.entry.number < $1.entry.number }
            }
            return Array(events.prefix(limit))
        }
        return events.map { StoredEvent($0.entry, id: $0.entry.number, job: $0.job) }
    }

    /// The number of the newest event of all jobs; 0 before the first.
    public func newestEvent() async throws(RunStorageError) -> Int {
        try await read { db in
            try Int.fetchOne(db, sql: "SELECT newest_event FROM total") ?? 0
        }
    }

    /// Returns when events beyond `number`, counted over all jobs, were written down since the
    /// server started, or when the task is cancelled.
    public func waitForEvents(beyond number: Int) async {
        await arrivals.wait(beyond: number)
    }
}

extension StoredEvent {
    fileprivate init(_ entry: StoredEntry, id: Int, job: String) {
        self.init(id: id, job: job, name: entry.form.name, data: entry.data)
    }
}
