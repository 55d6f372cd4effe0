public import Snapshots

extension RunStore {
    /// Where the snapshots lie that a job goes on from.
    /// - Throws: Where the data folder is gone: what is written into it would not be kept.
    public func snapshots(of job: String) throws -> SnapshotFolder {
        guard folder.isThere else { throw RunStorageError.folderGone(folder.path) }
        return SnapshotFolder(path: folder.snapshotFolder(job))
    }
}
