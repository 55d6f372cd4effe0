internal import Foundation
internal import GRDB
internal import Training

/// Verifies everything in a data folder that no server holds, and repairs what can be repaired.
///
/// Each fault is told as it is found, so that a large folder shows progress.
public final class StoreCheck {
    /// Something that is not as it should be.
    public struct Finding: Equatable, Sendable {
        /// What it is about, such as `checkpoint a1-3`.
        public var place: String
        /// What is wrong with it, in one line.
        public var fault: String
        /// What was done about it; nil where nothing was, or could be.
        public var repair: String?
    }

    /// What was looked at and found.
    public struct Summary: Equatable, Sendable {
        /// Jobs of all states.
        public var jobs = 0
        /// Checkpoints, those that were made elsewhere among them.
        public var checkpoints = 0
        /// Blocks of events.
        public var blocks = 0
        /// Files of snapshots.
        public var snapshots = 0
        /// Faults.
        public var findings = 0
        /// Those that were repaired.
        public var repaired = 0

        /// Whether all is as it should be now.
        public var isClean: Bool { findings == repaired }
    }

    let folder: DataFolder
    let database: DatabaseQueue
    let repairs: Bool
    let now: @Sendable () -> Double
    private let tell: (Finding) -> Void
    var summary = Summary()

    /// Takes hold of a folder.
    ///
    /// - Parameters:
    ///   - path: The folder, which must have been a server's.
    ///   - repairs: Whether to repair, or only to look.
    ///   - now: Tells the seconds since 1970.
    ///   - tell: Called with each fault.
    /// - Throws: `RunStorageError` where a server holds the folder, or there is none.
    public init(
        folder path: String,
        repairs: Bool,
        now: @escaping @Sendable () -> Double,
        tell: @escaping (Finding) -> Void
    ) throws(RunStorageError) {
        // Nothing is made where there was nothing.
        guard FileManager.default.fileExists(atPath: "\(path)/runs.sqlite") else {
            throw .folder(path, reason: "it has no runs.sqlite")
        }
        folder = try DataFolder(path)
        self.repairs = repairs
        self.now = now
        self.tell = tell
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(RunStore.busySeconds)
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
            database = try DatabaseQueue(path: folder.database, configuration: configuration)
        } catch {
            throw RunStorageError(error, in: folder)
        }
    }

    /// Looks at everything.
    /// - Throws: Where the database cannot be read at all, or is of a later version.
    public func run() throws(RunStorageError) -> Summary {
        do {
            try checkDatabase()
            guard try bringUpToDate() else { return summary }
            try database.write { db in
                try checkReferences(db)
                try checkJobs(db)
                try checkTotals(db)
                try checkEvents(db)
            }
            try checkCheckpoints()
            try checkSnapshots()
            try checkLeftovers()
            return summary
        } catch {
            throw RunStorageError(error, in: folder)
        }
    }

    /// Counts and tells a fault.
    func found(_ place: String, _ fault: String, repair: String? = nil) {
        summary.findings += 1
        if repair != nil { summary.repaired += 1 }
        let line = fault.split(whereSeparator: \.isNewline).joined(separator: "; ")
        tell(Finding(place: place, fault: line, repair: repair))
    }

    /// Tells a fault, after repairing it where that is wanted.
    func found(
        _ place: String,
        _ fault: String,
        repairedBy repair: String,
        _ body: () throws -> Void
    ) throws {
        if repairs { try body() }
        found(place, fault, repair: repairs ? repair : nil)
    }

    private func checkDatabase() throws {
        guard try !database.read(Schema.migrator.hasBeenSuperseded) else {
            throw RunStorageError.laterVersion(file: folder.database)
        }
        var faults = try database.read(Self.integrityFaults)
        if repairs, !faults.isEmpty {
            // Indexes are made anew from the rows; rows that are damaged themselves are not.
            try? database.write { db in try db.execute(sql: "REINDEX") }
            let left = try database.read(Self.integrityFaults)
            for fault in faults where !left.contains(fault) {
                found("database", fault, repair: "made its indexes anew")
            }
            faults = left
        }
        for fault in faults { found("database", fault) }
    }

    private static func integrityFaults(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
    }

    /// Whether the tables are today's: those of an earlier version are changed by the next server.
    private func bringUpToDate() throws -> Bool {
        if try database.read(Schema.migrator.hasCompletedMigrations) { return true }
        try found(
            "database",
            "it is of an earlier version: only its form was checked; the next server, or --repair, "
                + "brings it up to date",
            repairedBy: "brought it up to date"
        ) {
            try Schema.migrator.migrate(database)
        }
        return repairs
    }
}
