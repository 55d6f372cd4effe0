internal import BackgroundQueues
internal import GRDB
internal import Synchronization

/// Everything that must outlive the server: jobs, what happened in them, and their checkpoints.
///
/// One SQLite database and one folder of files. Writing calls block and are made on queues of the
/// jobs' own; reading calls are asynchronous and never wait for writers.
public final class RunStore: Sendable {
    let folder: DataFolder
    let database: DatabasePool
    /// Wakes those who wait for events.
    let arrivals = EventArrivals()
    let modelVersions = ModelVersions()
    let eventLog: EventLog
    let damages: DamageReport
    let deletion: BackgroundDeletion
    /// Whether something that is kept was not brought to the disk yet, because that failed.
    let isSyncOwed = Atomic(false)
    let health = Mutex<StoreHealth?>(nil)
    let checkpointDigests = CheckpointDigests()
    /// Where requests keep and delete checkpoints, one after the other.
    let checkpointChanges = BlockingQueue(label: "dqn.checkpoints.changes")
    /// Seconds since 1970.
    let now: @Sendable () -> Double
    /// What was found when the store was opened.
    public let opening: Opening

    /// How long a write waits for another program that holds the database.
    static let busySeconds = 1.0

    /// Opens the store in a folder, making it if it is not there.
    ///
    /// Jobs that had not ended when the last server did can go on; those that cannot be read have
    /// failed.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - mostEventsPerJob: A job with more events has its older ones thinned.
    ///   - onDamage: Told once of each part of the database that cannot be read and is left out.
    ///   - now: Tells the seconds since 1970.
    /// - Throws: `RunStorageError` where the folder is in use, cannot be used, or holds what a later
    ///   version has written.
    public init(
        folder path: String,
        mostEventsPerJob: Int = 1_000_000,
        onDamage: @escaping @Sendable (String) -> Void = { _ in },
        now: @escaping @Sendable () -> Double
    ) throws(RunStorageError) {
        self.now = now
        damages = DamageReport(onDamage)
        let folder = try DataFolder(path)
        self.folder = folder
        do {
            let database = try Self.openDatabase(folder.database)
            self.database = database
            folder.didOpenDatabase()
            deletion = BackgroundDeletion(database)
            (eventLog, opening) = try database.write { db in
                let numbers = try EventNumbers(opening: db)
                let eventLog = EventLog(mostEvents: mostEventsPerJob, numbers: numbers)
                let opening = try Self.findUnfinishedJobs(db, eventLog, in: folder, at: now())
                return (eventLog, opening)
            }
            try folder.syncNames()
            try folder.sync()
        } catch {
            throw RunStorageError(error, in: folder)
        }
        DiskReserve(in: folder.path).fill()
        // What the last server was told to delete may not all be gone.
        deletion.begin()
        beginRetentionOfAll()
    }

    deinit {
        close()
    }

    /// Ends orderly: nothing may be written from now on.
    ///
    /// Where this cannot be written down, the next server takes this one for killed.
    public func close() {
        deletion.stop()
        guard folder.isThere else { return }
        try? database.write(EventNumbers.giveBack)
        // The database is one file then, as simple copies of it expect.
        try? database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    }

    /// Runs a transaction.
    func write<Result>(
        _ body: (Database) throws -> Result
    ) throws(RunStorageError) -> Result {
        guard folder.isThere else { throw .folderGone(folder.path) }
        do {
            return try database.write(body)
        } catch {
            throw RunStorageError(error, in: folder)
        }
    }

    /// Runs a transaction for those who must not block.
    func writeAsync<Result: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Result
    ) async throws(RunStorageError) -> Result {
        guard folder.isThere else { throw .folderGone(folder.path) }
        do {
            return try await database.write(body)
        } catch {
            throw RunStorageError(error, in: folder)
        }
    }

    /// Reads without waiting for writers, on a thread that may block.
    func readNow<Result>(
        _ body: (Database) throws -> Result
    ) throws(RunStorageError) -> Result {
        do {
            return try database.read(body)
        } catch {
            throw RunStorageError(error, in: folder)
        }
    }

    /// Reads without waiting for writers.
    func read<Result: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Result
    ) async throws(RunStorageError) -> Result {
        do {
            return try await database.read(body)
        } catch {
            throw RunStorageError(error, in: folder)
        }
    }
}
