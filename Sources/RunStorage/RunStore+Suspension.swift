internal import Foundation
public import Snapshots
public import Training

extension RunStore {
    /// Keeps all that a job needs to go on where it is, in a file of its own.
    public func suspend(_ job: JobRecord, _ write: (SnapshotWriter) throws -> Void) throws {
        guard folder.isThere else { throw RunStorageError.folderGone(folder.path) }
        do {
            let writer = try SnapshotWriter(path: folder.snapshotFile(job.id))
            try write(writer)
            try writer.finish()
        } catch SnapshotError.file where !folder.hasRoom {
            throw RunStorageError.diskFull(folder.path)
        }
    }

    /// What was kept for a job to go on with; nil where nothing was.
    public func suspension(of job: String) throws -> SnapshotReader? {
        let file = folder.snapshotFile(job)
        return FileManager.default.fileExists(atPath: file) ? try SnapshotReader(path: file) : nil
    }

    /// Forgets what was kept of a job.
    public func removeSuspension(of job: String) {
        try? FileManager.default.removeItem(atPath: folder.snapshotFile(job))
    }
}
