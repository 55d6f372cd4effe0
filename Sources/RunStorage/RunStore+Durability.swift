internal import GRDB
internal import Synchronization
internal import Training

extension RunStore {
    /// Returns when what was kept so far outlives a loss of power.
    /// - Throws: Where the disk refuses.
    public func sync() throws {
        try syncOrThrow()
    }

    func syncOrThrow() throws(RunStorageError) {
        do throws(RunStorageError) {
            try folder.sync()
        } catch {
            guard folder.isThere else { throw error }
            // Linux takes what it could not write for written: a second try would find nothing to do.
            // What the log holds is written to the database instead, and that is synced.
            do {
                _ = try database.writeWithoutTransaction { db in try db.checkpoint(.full) }
            } catch let second {
                throw RunStorageError(second, in: folder)
            }
        }
        isSyncOwed.store(false, ordering: .relaxed)
    }

    /// Syncs what is kept already, without undoing it where that fails: it is tried again with the
    /// next call.
    func syncSoon() {
        isSyncOwed.store(true, ordering: .relaxed)
        try? syncOrThrow()
    }

    /// Runs a transaction whose outcome outlives a loss of power once this returns: what people are
    /// told that it is kept or gone.
    ///
    /// - Parameters:
    ///   - body: The transaction.
    ///   - undo: Takes it back where it could not be brought to the disk.
    /// - Returns: What `body` does.
    /// - Throws: Where the disk or the database refuses.
    func writeDurably<Result>(
        _ body: (Database) throws -> Result,
        undo: (Database) throws -> Void = { _ in }
    ) throws(RunStorageError) -> Result {
        let result = try write(body)
        do throws(RunStorageError) {
            try syncOrThrow()
        } catch {
            try? write(undo)
            throw error
        }
        return result
    }

    /// How often anything was synced since the store was opened.
    package var syncCount: Int { folder.syncCount.load(ordering: .relaxed) - 1 }
}
