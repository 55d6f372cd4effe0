/// Why a replay memory cannot be made.
public enum ReplayError: Error, Equatable, CustomStringConvertible {
    /// The system has no room for this many frames.
    case noMemory(capacity: Int, frameByteCount: Int)
    /// There can be no file of this size.
    case noFile(folder: String, byteCount: Int, reason: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .noMemory(let capacity, let frameByteCount):
            "no memory for \(capacity) frames of \(frameByteCount) bytes"
        case .noFile(let folder, let byteCount, let reason):
            "no file of \(byteCount) bytes for replay in \(folder): \(reason)"
        }
    }
}
