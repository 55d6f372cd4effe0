internal import Foundation
internal import Glibc

/// A file that is written from its beginning to its end, and brought to the disk.
///
/// Not for use by two threads at once.
package final class DurableFile {
    private let path: String
    /// The name it gets once it is whole; nil where it has its name from the start.
    private let finalPath: String?
    private let file: Int32
    private var isPublished = false

    /// Begins a file that gets its name only once it is whole; until then, and where it comes to
    /// nothing, nobody finds it under that name.
    ///
    /// - Parameters:
    ///   - path: The name it gets.
    ///   - unfinished: What it is called until then; "`path`.part" where nil.
    /// - Throws: `SnapshotError.file` with the operation that failed, as everything here.
    package init(replacing path: String, unfinished: String? = nil) throws(SnapshotError) {
        finalPath = path
        self.path = unfinished ?? "\(path).part"
        file = unsafe open(self.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .failed("create", self.path) }
    }

    /// Begins a new file that grows and is never whole.
    init(growing path: String) throws(SnapshotError) {
        finalPath = nil
        self.path = path
        file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .failed("create", path) }
    }

    deinit {
        close(file)
        if finalPath != nil, !isPublished { unsafe unlink(path) }
    }

    /// Adds bytes at the end.
    package func append(_ bytes: Span<UInt8>) throws(SnapshotError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written..<bytes.count)
            let count = unsafe rest.withUnsafeBytes { rest in
                unsafe Glibc.write(file, rest.baseAddress, rest.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .failed("write", path) }
            written += count
        }
    }

    /// Brings what was written to the disk.
    func sync() throws(SnapshotError) {
        guard fsync(file) == 0 else { throw .failed("sync", path) }
    }

    /// Brings the file to the disk, and only then gives it its name.
    package func publish() throws(SnapshotError) {
        guard let finalPath else { preconditionFailure("\(path) has its name") }
        try sync()
        guard unsafe rename(path, finalPath) == 0 else { throw .failed("rename", path) }
        isPublished = true
        try Self.syncFolder(of: finalPath)
    }

    /// Brings a file, or the names in a folder, to the disk.
    package static func sync(_ path: String) throws(SnapshotError) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .failed("open", path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .failed("sync", path) }
    }

    /// A new name is on the disk only once its folder is.
    private static func syncFolder(of path: String) throws(SnapshotError) {
        let folder = (path as NSString).deletingLastPathComponent
        try sync(folder.isEmpty ? "." : folder)
    }
}

extension SnapshotError {
    /// An operation that the system has just refused.
    static func failed(_ operation: String, _ path: String) -> SnapshotError {
        .file(path: path, operation: operation, reason: unsafe String(cString: strerror(errno)))
    }
}
