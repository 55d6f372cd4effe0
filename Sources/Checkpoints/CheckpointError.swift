/// Why a checkpoint cannot be read or written.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
    /// The bytes are no safetensors file; the reason says where it stops being one.
    case notSafetensors(String)
    /// A safetensors file that holds no policy that can be asked; the reason says what is missing.
    case notAPolicy(String)
    /// The file system refused.
    case file(path: String, operation: String, reason: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .notSafetensors(let reason): "not a safetensors file: \(reason)"
        case .notAPolicy(let reason): "not a checkpoint of a policy: \(reason)"
        case .file(let path, let operation, let reason): "cannot \(operation) \(path): \(reason)"
        }
    }
}
