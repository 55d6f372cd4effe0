internal import Foundation
internal import GRDB

/// What a server that was killed has left in its folder.
struct Leftovers {
    /// A file or a folder that nothing needs.
    struct Leftover: Equatable {
        let path: String
        /// For people: without the data folder.
        let name: String
        let reason: String
    }

    private static let unfinished = "it was not written to its end"
    private let folder: DataFolder

    init(_ folder: DataFolder) {
        self.folder = folder
    }

    /// Files that were not written to their end, files that no checkpoint has, and snapshots that no
    /// job goes on from.
    ///
    /// While a server runs, what is being written is among them.
    func find(in database: any DatabaseReader) throws -> [Leftover] {
        try checkpoints(database) + snapshots(database) + backups()
    }

    /// The checkpoints whose files are gone.
    func missingFiles(in database: any DatabaseReader) throws -> [String] {
        let ids = try database.read { db in
            try String.fetchAll(db, sql: "SELECT id FROM checkpoint ORDER BY number")
        }
        let present = Set(try names(in: folder.checkpoints))
        return ids.filter { !present.contains("\($0).safetensors") }
    }

    private func checkpoints(_ database: any DatabaseReader) throws -> [Leftover] {
        let ids = try database.read { db in
            try String.fetchSet(db, sql: "SELECT id FROM checkpoint")
        }
        let known = Set(ids.map { "\($0).safetensors" })
        return try names(in: folder.checkpoints).compactMap { name in
            guard !known.contains(name) else { return nil }
            let isUnfinished = name.hasSuffix(".part")
            guard isUnfinished || name.hasSuffix(".safetensors") else { return nil }
            return Leftover(
                path: "\(folder.checkpoints)/\(name)",
                name: name,
                reason: isUnfinished ? Self.unfinished : "no checkpoint has it"
            )
        }
    }

    private func snapshots(_ database: any DatabaseReader) throws -> [Leftover] {
        let ids = try database.read { db in
            try String.fetchSet(
                db,
                sql: "SELECT id FROM job WHERE state IN ('queued', 'running', 'paused')"
            )
        }
        return try names(in: folder.snapshots).flatMap { name -> [Leftover] in
            let path = "\(folder.snapshots)/\(name)"
            guard ids.contains(DataFolder.job(ofSnapshots: name)) else {
                return [Leftover(path: path, name: name, reason: "no job goes on from it")]
            }
            // A folder, or the one file of the version before.
            let inner = (try? names(in: path)) ?? []
            return inner.filter { $0.hasSuffix(".part") }.map { part in
                Leftover(
                    path: "\(path)/\(part)",
                    name: "\(name)/\(part)",
                    reason: Self.unfinished
                )
            }
        }
    }

    private func backups() -> [Leftover] {
        let names = (try? names(in: folder.backups)) ?? []
        return names.filter { $0.hasSuffix(".part") }.map { name in
            Leftover(path: "\(folder.backups)/\(name)", name: name, reason: Self.unfinished)
        }
    }

    private func names(in path: String) throws(RunStorageError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .folder(path, reason: error.localizedDescription)
        }
    }
}
