internal import Glibc

/// Why a checkpoint cannot be read or written.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
    /// The bytes are no safetensors file; the reason says where it stops being one.
    case notSafetensors(String)
    /// A safetensors file that holds no policy that can be asked; the reason says what is missing.
    case notAPolicy(String)
    /// The file is not what was written.
    case damaged(file: String, found: String, expected: String)
    /// There is no such file.
    case missing(file: String)
    /// The file is there and cannot be read.
    case unreadable(file: String, reason: String)
    /// The file system refused to keep the file.
    case file(path: String, operation: String, reason: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .notSafetensors(let reason): "not a safetensors file: \(reason)"
        case .notAPolicy(let reason): "not a checkpoint of a policy: \(reason)"
        case .damaged(let file, let found, let expected):
            "the file \(file) is damaged: it has \(found), expected \(expected); "
                + "put a copy of it back, or delete the checkpoint"
        case .missing(let file):
            "the file \(file) is gone; put a copy of it back, or delete the checkpoint"
        case .unreadable(let file, let reason): "cannot read the file \(file): \(reason)"
        case .file(let path, let operation, let reason): "cannot \(operation) \(path): \(reason)"
        }
    }

    /// Why the system call that has just failed did.
    static var systemReason: String { unsafe String(cString: strerror(errno)) }
}
