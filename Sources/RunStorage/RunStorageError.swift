/// Why the store cannot be opened or does not keep what it is given.
public enum RunStorageError: Error, Equatable, CustomStringConvertible {
    /// Another server holds the folder.
    case folderInUse(String)
    /// The folder cannot be made or written.
    case folder(String, reason: String)
    /// The database refuses.
    case database(String)
    /// There is no room on the disk.
    case diskFull(String)
    /// What was written by another version cannot be read.
    case unreadable(String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .folderInUse(let folder): "\(folder) is in use by another server"
        case .folder(let folder, let reason): "cannot use the folder \(folder): \(reason)"
        case .database(let reason): "the database refuses: \(reason)"
        case .diskFull(let folder): "no room is left on the disk of \(folder)"
        case .unreadable(let reason): "cannot read what was stored: \(reason)"
        }
    }
}
