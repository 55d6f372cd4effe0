internal import Foundation
internal import Glibc

/// Files that are either whole or not there, whatever happens while they are written.
public enum AtomicFile {
    /// Writes `bytes` beside `path`, brings them to the disk, and only then gives them that name.
    /// - Throws: `CheckpointError.file` with the operation that failed; nothing is left behind.
    public static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
        let unfinished = "\(path).\(UUID().uuidString).part"
        do throws(CheckpointError) {
            try writeAndSync(bytes, to: unfinished)
            guard unsafe rename(unfinished, path) == 0 else {
                throw .failed("rename", unfinished)
            }
        } catch {
            unsafe unlink(unfinished)
            throw error
        }
        // The new name is on the disk only once its folder is.
        let folder = (path as NSString).deletingLastPathComponent
        try sync(folder.isEmpty ? "." : folder)
    }

    private static func writeAndSync(
        _ bytes: [UInt8],
        to path: String
    ) throws(CheckpointError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .failed("create", path) }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.write(
                    file,
                    bytes.baseAddress.map { unsafe $0 + written },
                    bytes.count - written
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .failed("write", path) }
            written += count
        }
        guard fsync(file) == 0 else { throw .failed("sync", path) }
    }

    /// Brings a file, or the names in a folder, to the disk.
    public static func sync(_ path: String) throws(CheckpointError) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .failed("open", path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .failed("sync", path) }
    }
}
