/// A request that makes no sense in the state a job is in.
public struct JobConflict: Error, Equatable, CustomStringConvertible {
    /// The job.
    public let id: String
    /// What was asked for.
    public let request: String
    /// The state it is in.
    public let state: JobState

    /// Creates the conflict.
    public init(id: String, request: String, state: JobState) {
        self.id = id
        self.request = request
        self.state = state
    }

    /// The conflict in one sentence.
    public var description: String { "cannot \(request) job \(id): it is \(state.rawValue)" }
}
