/// Why a snapshot cannot be written or gone on from.
public enum SnapshotError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file system refused.
    case file(path: String, operation: String, reason: String)
    /// The file is no snapshot, or not a whole one.
    case damaged(path: String, reason: String)
    /// What the snapshot holds does not fit what is to be restored.
    case doesNotFit(section: String, reason: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .file(let path, let operation, let reason): "cannot \(operation) \(path): \(reason)"
        case .damaged(let path, let reason): "\(path) is not a whole snapshot: \(reason)"
        case .doesNotFit(let section, let reason):
            "section \"\(section)\" of the snapshot does not fit: \(reason)"
        }
    }
}
