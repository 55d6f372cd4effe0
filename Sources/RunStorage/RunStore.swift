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
    let deletion: BackgroundDeletion
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

    /// What was found when a store was opened, for the server's log.
    public struct Opening: Equatable, Sendable {
        /// Jobs that the last server could not write down when it ended; they are stopped.
        public var interruptedJobs: [String] = []
        /// Jobs that the last server has suspended; they can go on.
        public var suspendedJobs: [String] = []
        /// Jobs that cannot be read, with the reason; they are left as they are.
        public var unreadableJobs: [String: String] = [:]
    }

    /// Opens the store in a folder, making it if it is not there.
    ///
    /// Jobs that were running or paused when the last server ended, and that it could not suspend,
    /// are stopped with that as the reason; the others can go on.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - mostEventsPerJob: A job with more events has its older ones thinned.
    ///   - now: Tells the seconds since 1970.
    /// - Throws: `RunStorageError` where the folder is in use, cannot be used, or holds what a later
    ///   version has written.
    public init(
        folder path: String,
        mostEventsPerJob: Int = 1_000_000,
        now: @escaping @Sendable () -> Double
    ) throws(RunStorageError) {
        self.now = now
        let folder = try DataFolder(path)
        self.folder = folder
        do {
            let database = try Self.openDatabase(folder.database)
            self.database = database
            deletion = BackgroundDeletion(database)
            (eventLog, opening) = try database.write { db in
                let numbers = try EventNumbers(opening: db)
                let eventLog = EventLog(mostEvents: mostEventsPerJob, numbers: numbers)
                let opening = try Self.stopInterruptedJobs(db, eventLog, in: folder, at: now())
                return (eventLog, opening)
            }
            try folder.syncNames()
            try folder.sync()
        } catch {
            throw RunStorageError(error, in: folder)
        }
        // What the last server was told to delete may not all be gone.
        deletion.begin()
    }

    deinit {
        deletion.stop()
        // Where this cannot be written, numbers are skipped.
        if folder.isThere { try? database.write(EventNumbers.giveBack) }
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
            try folder.sync()
        } catch {
            try? write(undo)
            throw error
        }
        return result
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
