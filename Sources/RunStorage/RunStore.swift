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
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    /// Opens the store in a folder, making it if it is not there.
    ///
    /// Jobs that were running when the last server ended are stopped, with that as the reason.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - now: Tells the seconds since 1970.
    /// - Throws: `RunStorageError` where the folder is in use or cannot be used.
    public init(
        folder path: String,
        now: @escaping @Sendable () -> Double
    ) throws(RunStorageError) {
        self.now = now
        folder = try DataFolder(path)
        do {
            var configuration = Configuration()
            configuration.prepareDatabase { db in
                // A crash of the machine may cost the last moments, but never the database.
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
            }
            database = try DatabasePool(path: folder.database, configuration: configuration)
            try Schema.migrator.migrate(database)
            try stopInterruptedJobs()
        } catch {
            throw RunStorageError(error, folder: path)
        }
    }

    /// Runs a transaction.
    func write<Result>(
        _ body: (Database) throws -> Result
    ) throws(RunStorageError) -> Result {
        do {
            return try database.write(body)
        } catch {
            throw RunStorageError(error, folder: folder.path)
        }
    }

    /// Reads without waiting for writers.
    func read<Result: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Result
    ) async throws(RunStorageError) -> Result {
        do {
            return try await database.read(body)
        } catch {
            throw RunStorageError(error, folder: folder.path)
        }
    }
}

extension RunStorageError {
    init(_ error: any Error, folder: String) {
        switch error {
        case let error as RunStorageError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            self = .diskFull(folder)
        default: self = .database("\(error)")
        }
    }
}
