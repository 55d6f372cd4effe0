internal import GRDB

/// An event as it was written down.
public struct StoredEvent: Equatable, Sendable {
    /// Grows by one within a job; over all jobs where the events of all were asked for.
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
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT event.sequence AS id, job.id AS job, event.name, event.data
                    FROM event JOIN job ON job.number = event.job
                    WHERE job.id = ? AND event.sequence > ? ORDER BY event.sequence LIMIT ?
                    """,
                arguments: [job, id, limit]
            ).map(StoredEvent.init)
        }
    }

    /// Events of all jobs after the one numbered `id`, at most `limit`, oldest first.
    public func events(after id: Int, limit: Int) async throws(RunStorageError) -> [StoredEvent] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT event.number AS id, job.id AS job, event.name, event.data
                    FROM event JOIN job ON job.number = event.job
                    WHERE event.number > ? ORDER BY event.number LIMIT ?
                    """,
                arguments: [id, limit]
            ).map(StoredEvent.init)
        }
    }

    /// The number of the newest event of all jobs; 0 before the first.
    public func newestEvent() async throws(RunStorageError) -> Int {
        try await read { db in
            try Int.fetchOne(db, sql: "SELECT max(number) FROM event") ?? 0
        }
    }

    /// Returns when events beyond `number`, counted over all jobs, were written down since the
    /// server started, or when the task is cancelled.
    public func waitForEvents(beyond number: Int) async {
        await arrivals.wait(beyond: number)
    }
}

extension StoredEvent {
    fileprivate init(_ row: Row) {
        id = row["id"]
        job = row["job"]
        name = row["name"]
        data = row["data"]
    }
}
