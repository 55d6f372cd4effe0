internal import Foundation
internal import Snapshots

/// Files that are either whole or not there, whatever happens while they are written.
public enum AtomicFile {
    /// Writes `bytes` beside `path`, brings them to the disk, and only then gives them that name.
    /// - Throws: `CheckpointError.file` with the operation that failed; nothing is left behind.
    public static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
        do throws(SnapshotError) {
            // By a name of its own: the same file may be written twice at a time.
            let unfinished = "\(path).\(UUID().uuidString).part"
            let file = try DurableFile(replacing: path, unfinished: unfinished)
            try file.append(bytes.span)
            try file.publish()
        } catch {
            throw CheckpointError(error)
        }
    }

    /// Brings a file, or the names in a folder, to the disk.
    public static func sync(_ path: String) throws(CheckpointError) {
        do throws(SnapshotError) {
            try DurableFile.sync(path)
        } catch {
            throw CheckpointError(error)
        }
    }
}

extension CheckpointError {
    fileprivate init(_ error: SnapshotError) {
        switch error {
        case .file(let path, let operation, let reason):
            self = .file(path: path, operation: operation, reason: reason)
        case .damaged, .doesNotFit: preconditionFailure("\(error)")
        }
    }
}
