internal import Foundation
internal import Glibc
internal import Synchronization

/// The folder that everything is kept in, held by one server at a time.
final class DataFolder: Sendable {
    let path: String
    private let lock: Int32
    /// How often ``sync()`` was called, for tests.
    let syncCount = Atomic(0)
    /// The database's file as it was opened; nil before that.
    private let openedDatabase = Mutex<FileIdentity?>(nil)

    /// Less room than this is taken for none: a checkpoint and the database's log need some.
    private static let leastFreeBytes: UInt = 8 << 20

    init(_ path: String) throws(RunStorageError) {
        self.path = path
        for folder in [path, "\(path)/checkpoints", "\(path)/snapshots"] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true
                )
            } catch {
                throw .folder(path, reason: Self.systemReason)
            }
        }
        lock = unsafe open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw .folder(path, reason: Self.systemReason) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .folderInUse(path)
        }
    }

    deinit {
        close(lock)
    }

    var database: String { "\(path)/runs.sqlite" }

    var checkpoints: String { "\(path)/checkpoints" }

    func checkpointFile(_ id: String) -> String {
        "\(checkpoints)/\(id).safetensors"
    }

    var snapshots: String { "\(path)/snapshots" }

    func snapshotFolder(_ job: String) -> String {
        "\(snapshots)/\(job)"
    }

    var backups: String { "\(path)/backups" }

    /// The job whose snapshots lie under this name: a folder, or a file of the version before.
    static func job(ofSnapshots name: String) -> String {
        name.hasSuffix(".snapshot") ? String(name.dropLast(".snapshot".count)) : name
    }

    /// Brings what the database has taken to the disk.
    ///
    /// That is its log: SQLite syncs what it moves from there to the database before it writes the
    /// log anew. The database's own file must not be opened here, as closing it would give up SQLite's
    /// locks on it (sqlite.org/howtocorrupt.html, 2.2).
    func sync() throws(RunStorageError) {
        syncCount.add(1, ordering: .relaxed)
        try sync("\(database)-wal")
    }

    /// Brings the names of the database's files to the disk: they stay while the store is open.
    func syncNames() throws(RunStorageError) {
        try sync(path)
    }

    private func sync(_ path: String) throws(RunStorageError) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            // Without a log nothing was written since the store was opened.
            if errno == ENOENT, isThere { return }
            throw isThere
                ? .unavailable(file: path, reason: Self.systemReason) : .folderGone(self.path)
        }
        defer { close(file) }
        guard fdatasync(file) == 0 else {
            throw errno == ENOSPC || errno == EDQUOT
                ? .diskFull(self.path) : .unavailable(file: path, reason: Self.systemReason)
        }
    }

    /// Whether the folder that was opened is still the one at its path, and the database the one in
    /// it: what is written to a folder or a file that was removed goes nowhere.
    var isThere: Bool {
        guard let held = FileIdentity(lock), held == FileIdentity("\(path)/lock") else {
            return false
        }
        guard let opened = openedDatabase.withLock({ $0 }) else { return true }
        return opened == FileIdentity(database)
    }

    /// Notes which file the database is.
    func didOpenDatabase() {
        let opened = FileIdentity(database)
        openedDatabase.withLock { $0 = opened }
    }

    /// Whether the disk has room for more.
    var hasRoom: Bool {
        var disk = statvfs()
        guard unsafe statvfs(path, &disk) == 0 else { return true }
        return disk.f_bavail * disk.f_frsize >= Self.leastFreeBytes
    }

    private static var systemReason: String { unsafe String(cString: strerror(errno)) }
}

/// What tells a file from another that has its name.
private struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        (device, number) = (status.st_dev, status.st_ino)
    }

    init?(_ file: Int32) {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { return nil }
        (device, number) = (status.st_dev, status.st_ino)
    }
}
