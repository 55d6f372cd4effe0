/// Why a replay memory cannot be made.
public enum ReplayError: Error, Equatable, CustomStringConvertible {
    /// The system has no room for this many bytes.
    case noMemory(byteCount: Int)
    /// There can be no file of this size.
    case noFile(folder: String, byteCount: Int, reason: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .noMemory(let byteCount):
            "could not allocate \(byteCount) bytes for the replay memory"
        case .noFile(let folder, let byteCount, let reason):
            "no file of \(byteCount) bytes for replay in \(folder): \(reason)"
        }
    }
}
