/// Why the store cannot be opened or does not keep what it is given.
public enum RunStorageError: Error, Equatable, CustomStringConvertible {
    /// Another server holds the folder.
    case folderInUse(String)
    /// The folder cannot be made or written.
    case folder(String, reason: String)
    /// The folder that was opened is not there any more, or another has taken its place.
    case folderGone(String)
    /// The database was written by a later version of this program.
    case laterVersion(file: String)
    /// Another program holds the database.
    case locked(file: String)
    /// The database cannot be read or written for now.
    case unavailable(file: String, reason: String)
    /// What the file holds is no database, or a broken one.
    case damaged(file: String, reason: String)
    /// The database refuses.
    case database(String)
    /// There is no room on the disk.
    case diskFull(String)
    /// The job is not there, or not any more.
    case noJob(String)
    /// The job goes on from an earlier moment than the one a reader has begun with.
    case wentBack(String)
    /// What was written by another version cannot be read.
    case unreadable(String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .folderInUse(let folder): "\(folder) is in use by another server"
        case .folder(let folder, let reason): "cannot use the folder \(folder): \(reason)"
        case .folderGone(let folder):
            "the folder \(folder) was removed or replaced while the server was running"
        case .laterVersion(let file):
            "\(file) was written by a later version of dqn-server and is left as it is; "
                + "use that version, or another folder"
        case .locked(let file): "\(file) is locked by another program"
        case .unavailable(let file, let reason): "cannot use \(file): \(reason)"
        case .damaged(let file, let reason): "\(file) is damaged: \(reason)"
        case .database(let reason): "the database refuses: \(reason)"
        case .diskFull(let folder): "no room is left on the disk of \(folder)"
        case .noJob(let id): "there is no job \"\(id)\""
        case .wentBack(let id): "the job \"\(id)\" went back to a snapshot meanwhile"
        case .unreadable(let reason): "cannot read what was stored: \(reason)"
        }
    }
}
