/// Why Q-values are not given.
public enum InferenceError: Error, Equatable, CustomStringConvertible {
    /// Too many states are waiting already.
    case queueIsFull(limitRows: Int)
    /// More states than one request may ask for.
    case tooManyStates(count: Int, limit: Int)
    /// The checkpoint cannot be used.
    case unusable(checkpoint: String, reason: String)
    /// There is no room for the model beside what runs now.
    case noMemory(checkpoint: String, reason: String)
    /// The checkpoint's file is not what was written.
    case damaged(checkpoint: String, reason: String)
    /// The checkpoint's file is not there any more.
    case fileGone(checkpoint: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .queueIsFull(let limit): "\(limit) states are waiting already; try again in a moment"
        case .tooManyStates(let count, let limit):
            "one request may ask for at most \(limit) states, got \(count)"
        case .unusable(let checkpoint, let reason), .damaged(let checkpoint, let reason):
            "checkpoint \(checkpoint) cannot be used: \(reason)"
        case .noMemory(let checkpoint, let reason):
            "checkpoint \(checkpoint) cannot be loaded now: \(reason)"
        case .fileGone(let checkpoint): "checkpoint \(checkpoint) cannot be used: the file is gone"
        }
    }
}
