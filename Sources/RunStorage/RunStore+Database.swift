internal import GRDB

extension RunStore {
    /// Opens the database, making it or bringing it up to date.
    static func openDatabase(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        // Every read is short; so many may go on at once before one waits for another.
        configuration.maximumReaderCount = 8
        configuration.busyMode = .timeout(busySeconds)
        configuration.prepareDatabase { db in
            // A crash of the machine may cost the last moments, but never the database.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // What a long reader made of the log is given back when it is written over.
            try db.execute(sql: "PRAGMA journal_size_limit = 4194304")
            if !db.configuration.readonly {
                // Has a meaning only before the first table is made, and in `VACUUM`.
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
        }
        let database = try DatabasePool(path: path, configuration: configuration)
        guard try !database.read(Schema.migrator.hasBeenSuperseded) else {
            throw RunStorageError.laterVersion(file: path)
        }
        try Schema.migrator.migrate(database)
        try makeShrinkable(database)
        return database
    }

    /// More bytes are not written anew when a server starts.
    private static let mostBytesWrittenAnew = 256 << 20

    /// Writes a database anew that cannot give room back yet, if what it holds is little.
    ///
    /// A larger one goes on using its room; `sqlite3 runs.sqlite 'PRAGMA auto_vacuum = 2; VACUUM'`
    /// does the same while no server runs.
    private static func makeShrinkable(_ database: DatabasePool) throws {
        try database.writeWithoutTransaction { db in
            let isShrinkable = try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            let pageBytes = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            guard !isShrinkable, (pages - free) * pageBytes <= mostBytesWrittenAnew else { return }
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try db.execute(sql: "VACUUM")
            try db.checkpoint(.truncate)
        }
    }
}
