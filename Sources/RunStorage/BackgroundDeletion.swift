internal import Dispatch
internal import GRDB
internal import Synchronization

/// Deletes what is left of deleted jobs and gives the room back, a little at a time.
///
/// Each part is a transaction of a few milliseconds, so that jobs that write meanwhile hardly wait.
/// What remains to be done stands in the database: nothing is lost when the server ends.
final class BackgroundDeletion: Sendable {
    private let database: DatabasePool
    let queue = DispatchQueue(label: "dqn.store.deletion", qos: .utility)
    private let isStopped = Atomic(false)

    /// Up to a megabyte.
    private static let blocksPerTransaction = 64
    /// A megabyte, with pages of 4096 bytes.
    private static let pagesPerTransaction = 256
    /// So many free pages are kept for what is written next.
    private static let pagesKept = 256

    init(_ database: DatabasePool) {
        self.database = database
    }

    /// Deletes what there is to delete, in the background.
    func begin() {
        queue.async { [self] in
            // A database that refuses, as on a full disk, is asked again with the next deletion
            // and when the next server starts.
            try? deleteBlocks()
            try? giveRoomBack()
        }
    }

    /// Returns when everything begun has ended.
    func finish() {
        queue.sync {}
    }

    /// Ends after the part that is being done, and returns then.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        finish()
    }

    private var isRunning: Bool { !isStopped.load(ordering: .relaxed) }

    private func deleteBlocks() throws {
        while isRunning {
            let isDone = try database.write { db in
                let job = try Int.fetchOne(db, sql: "SELECT min(number) FROM deleted_job")
                guard let job else { return true }
                try db.execute(
                    sql: """
                        DELETE FROM event_block WHERE first_number IN
                            (SELECT first_number FROM event_block WHERE job = ? LIMIT ?)
                        """,
                    arguments: [job, Self.blocksPerTransaction]
                )
                if db.changesCount == 0 {
                    try db.execute(
                        sql: "DELETE FROM deleted_job WHERE number = ?",
                        arguments: [job]
                    )
                }
                return false
            }
            if isDone { return }
        }
    }

    private func giveRoomBack() throws {
        var hasShrunk = false
        while isRunning {
            let isDone = try database.write { db in
                let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                let canShrink = try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2
                let excess = free - Self.pagesKept
                guard canShrink, excess > 0 else { return true }
                // The pragma takes no bound values.
                let pages = min(excess, Self.pagesPerTransaction)
                try db.execute(sql: "PRAGMA incremental_vacuum(\(pages))")
                return false
            }
            if isDone { break }
            hasShrunk = true
        }
        guard hasShrunk, isRunning else { return }
        // The file becomes shorter with a checkpoint. This kind waits for no reader: where one still
        // needs the log, a later one does it.
        try database.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
    }
}
