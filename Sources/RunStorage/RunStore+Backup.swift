internal import BackgroundQueues
internal import Checkpoints
internal import Foundation
internal import GRDB
internal import Glibc

extension RunStore {
    /// A copy of everything, of one moment.
    public struct Backup: Equatable, Sendable {
        /// Where it lies: a data folder of its own.
        public var folder: String
        /// Jobs of all states.
        public var jobs: Int
        /// Checkpoints with their files.
        public var checkpoints: Int
        /// Bytes of the database; the other files share theirs with the store, where the disk can.
        public var databaseBytes: Int
    }

    /// Copies everything into `backups/` while jobs go on: a folder that a server opens as its own.
    ///
    /// Files that never change once they have their name are linked, which takes neither time nor
    /// room; where the disk cannot, they are copied. Snapshots are taken before the database, so that
    /// its events reach at least to each of them.
    /// - Throws: Where the disk or the database refuses; then nothing is left of it.
    public func backUp() async throws -> Backup {
        // After deletions of checkpoints under way, and before the next.
        try await checkpointChanges.run { [self] in
            guard folder.isThere else { throw RunStorageError.folderGone(folder.path) }
            guard folder.hasRoom else { throw RunStorageError.diskFull(folder.path) }
            do {
                return try BackupWriter(folder, named: Self.name(at: now())).write(database)
            } catch {
                throw folder.hasRoom ? error : RunStorageError.diskFull(folder.path)
            }
        }
    }

    /// A time as the name of a folder, in UTC: `2026-11-27T14-02-03.250Z`.
    private static func name(at seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            .replacing(":", with: "-")
    }
}

/// Writes one backup, under a name that no server opens until it is whole.
private struct BackupWriter {
    private let source: DataFolder
    private let target: String
    private var unfinished: String { "\(target).part" }

    init(_ source: DataFolder, named name: String) {
        self.source = source
        target = "\(source.backups)/\(name)"
    }

    func write(_ database: DatabasePool) throws -> RunStore.Backup {
        let manager = FileManager.default
        guard !manager.fileExists(atPath: target) else {
            throw RunStorageError.folder(target, reason: "it is there already")
        }
        do {
            try? manager.removeItem(atPath: unfinished)
            for name in ["checkpoints", "snapshots"] {
                try manager.createDirectory(
                    atPath: "\(unfinished)/\(name)",
                    withIntermediateDirectories: true
                )
            }
            // The snapshots before the frames they name, which are appended to but not changed.
            for kind in [".snapshot", ".frames"] { try linkSnapshots(kind) }
            try linkCheckpoints(try names(in: source.checkpoints))
            let copy = try DatabaseQueue(path: "\(unfinished)/runs.sqlite")
            try database.backup(to: copy)
            var backup = try finish(copy)
            try copy.close()
            let size = try manager.attributesOfItem(atPath: "\(unfinished)/runs.sqlite")[.size]
            backup.databaseBytes = (size as? Int) ?? 0
            for path in ["checkpoints", "snapshots", "runs.sqlite", "."] {
                try AtomicFile.sync("\(unfinished)/\(path)")
            }
            try manager.moveItem(atPath: unfinished, toPath: target)
            try AtomicFile.sync(source.backups)
            return backup
        } catch {
            try? manager.removeItem(atPath: unfinished)
            throw error
        }
    }

    /// Brings files and rows together: checkpoints may have come and gone meanwhile.
    private func finish(_ copy: DatabaseQueue) throws -> RunStore.Backup {
        try copy.write { db in
            let ids = try String.fetchAll(db, sql: "SELECT id FROM checkpoint")
            let linked = Set(try names(in: "\(unfinished)/checkpoints"))
            let files = ids.map { "\($0).safetensors" }
            try linkCheckpoints(files.filter { !linked.contains($0) })
            for name in linked.subtracting(files) {
                try FileManager.default.removeItem(atPath: "\(unfinished)/checkpoints/\(name)")
            }
            let jobs = try Int.fetchOne(db, sql: "SELECT count(*) FROM job") ?? 0
            return RunStore.Backup(
                folder: target,
                jobs: jobs,
                checkpoints: ids.count,
                databaseBytes: 0
            )
        }
    }

    private func linkSnapshots(_ kind: String) throws {
        for name in try names(in: source.snapshots) {
            let path = "\(source.snapshots)/\(name)"
            if name.hasSuffix(kind) {
                try link(path, "\(unfinished)/snapshots/\(name)")
                continue
            }
            for inner in ((try? names(in: path)) ?? []) where inner.hasSuffix(kind) {
                let folder = "\(unfinished)/snapshots/\(name)"
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true
                )
                try link("\(path)/\(inner)", "\(folder)/\(inner)")
            }
        }
    }

    private func linkCheckpoints(_ names: [String]) throws {
        for name in names where name.hasSuffix(".safetensors") {
            try link("\(source.checkpoints)/\(name)", "\(unfinished)/checkpoints/\(name)")
        }
    }

    /// Gives a file a second name; one that is gone meanwhile is left out.
    private func link(_ path: String, _ copy: String) throws {
        if unsafe Glibc.link(path, copy) == 0 || errno == ENOENT { return }
        try FileManager.default.copyItem(atPath: path, toPath: copy)
    }

    private func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
