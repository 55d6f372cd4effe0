internal import GRDB
internal import Synchronization

/// Sees to it that the numbers of events, of a job and over all jobs, are never used twice: a reader
/// that has seen an event finds by its number what came after it, also where a power loss has taken
/// the event itself.
///
/// Numbers are reserved on the disk before they are used. A server that ends orderly gives the rest
/// back; after any other end they are skipped, and each job goes on behind the gap.
final class EventNumbers: Sendable {
    /// So many are reserved at once: some minutes of many jobs, and few enough to skip.
    private static let reservedTogether = 50_000

    /// Jobs up to this one may have told events that are not kept; 0 where the last server ended
    /// orderly.
    private let lastTornJob: Int
    /// Those of them that are behind their gap.
    private let mended = Mutex<Set<Int>>([])

    /// Skips what the last server has reserved and not given back.
    init(opening db: Database) throws {
        if try Int.fetchOne(db, sql: "SELECT count(*) FROM total") == 0 {
            try Self.countAnew(db)
        }
        let (newest, reserved) = try Self.current(db)
        guard newest != reserved else {
            lastTornJob = 0
            return
        }
        lastTornJob = try Int.fetchOne(db, sql: "SELECT max(number) FROM job") ?? 0
        try db.execute(sql: "UPDATE total SET newest_event = max(newest_event, reserved_event)")
        try db.execute(sql: "UPDATE total SET reserved_event = newest_event")
    }

    /// The number of the newest event of all jobs, and up to which they may be used.
    static func current(_ db: Database) throws -> (newest: Int, reserved: Int) {
        let row = try Row.fetchOne(db, sql: "SELECT newest_event, reserved_event FROM total")
        guard let row else { throw RunStorageError.unreadable("the totals have no row") }
        return (try row.value("newest_event"), try row.value("reserved_event"))
    }

    /// Makes the row of totals again, from what there is: one that another program has removed must
    /// not keep the server from starting.
    static func countAnew(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO total (id, newest_event, reserved_event, agent_steps,
                    environment_frames, gradient_updates, episodes)
                SELECT 1, coalesce((SELECT max(last_number) FROM event_block), 0),
                    coalesce((SELECT max(last_number) FROM event_block), 0),
                    coalesce(sum(agent_steps), 0), coalesce(sum(environment_frames), 0),
                    coalesce(sum(gradient_updates), 0), coalesce(sum(episodes), 0)
                FROM job
                """
        )
    }

    /// Whether `count` events more have numbers that are reserved.
    static func hasRoom(for count: Int, _ db: Database) throws -> Bool {
        let (newest, reserved) = try current(db)
        return newest + count <= reserved
    }

    /// Reserves numbers for `count` events and those that follow; to be synced before they are used.
    static func reserve(_ count: Int, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE total SET reserved_event = max(reserved_event, newest_event + ?)
                """,
            arguments: [count + reservedTogether]
        )
    }

    /// Gives back what is reserved and not used, as the server ends orderly.
    static func giveBack(_ db: Database) throws {
        try db.execute(sql: "UPDATE total SET reserved_event = newest_event")
    }

    /// Whether the last server has given back what it had reserved.
    var endedOrderly: Bool { lastTornJob == 0 }

    /// Whether the job's next event must have a number that none of its lost ones can have had.
    func mustLeaveGap(_ job: Int) -> Bool {
        job <= lastTornJob && mended.withLock { !$0.contains(job) }
    }

    /// Notes that the job's first events of this server are kept.
    func didAppend(_ job: Int) {
        guard job <= lastTornJob else { return }
        mended.withLock { _ = $0.insert(job) }
    }

    /// Whether the last server may have told events of the job that are not kept.
    func isTorn(_ job: Int) -> Bool { job <= lastTornJob }
}
