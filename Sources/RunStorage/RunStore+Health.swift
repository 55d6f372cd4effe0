internal import GRDB
internal import Synchronization

extension RunStore {
    /// Checks that what is given to the store will be kept, by writing something.
    ///
    /// A result holds for a second: however often the server is asked, the disk is not.
    /// - Throws: `RunStorageError` with what is in the way: the folder is gone, the disk is full, the
    ///   database is held by another program or cannot be written.
    public func checkWritable() async throws(RunStorageError) {
        if let known = health.withLock({ $0 }), known.time + .seconds(1) > .now {
            if let error = known.error { throw error }
            return
        }
        var found: RunStorageError?
        do throws(RunStorageError) {
            try await writeNothing()
        } catch {
            found = error
        }
        health.withLock { $0 = StoreHealth(time: .now, error: found) }
        if let found { throw found }
    }

    private func writeNothing() async throws(RunStorageError) {
        guard folder.hasRoom else { throw .diskFull(folder.path) }
        try await writeAsync { db in
            // A number in the database's header that nothing else uses: the smallest real write.
            let number = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            try db.execute(sql: "PRAGMA user_version = \(number == .max ? 0 : number + 1)")
        }
    }
}

/// Whether the store could be written when it was last tried.
struct StoreHealth {
    var time: ContinuousClock.Instant
    /// What was in the way; nil where it could.
    var error: RunStorageError?
}
