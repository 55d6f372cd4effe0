/// Something in a job that whoever runs the server wants in the log.
public struct JobNotice: Equatable, Sendable {
    /// What happened.
    public enum Kind: String, Sendable {
        /// It was asked for and waits its turn.
        case queued = "job queued"
        /// It has begun to train.
        case started = "job started"
        /// A person holds it still.
        case paused = "job paused"
        /// It goes on.
        case resumed = "job resumed"
        /// What it does cannot be written down; it tries again.
        case writeFailed = "job could not be written down"
        /// What it does could not be written down for long: it holds still until it can.
        case held = "job held"
        /// The server ends; the job is written down where it is, and goes on with the next.
        case suspended = "job suspended"
        /// It has made all its steps, or met its goal.
        case completed = "job completed"
        /// It was stopped before that.
        case stopped = "job stopped"
        /// It could not go on.
        case failed = "job failed"
        /// A snapshot could not be written or is torn.
        case snapshotFailed = "job snapshot failed"
        /// One of its environments failed and is made anew.
        case environmentFailed = "environment failed"
    }

    /// The job.
    public var job: String
    /// What happened.
    public var kind: Kind
    /// Why, where it is not what a person asked for.
    public var reason: String?
    /// Actions chosen until then.
    public var agentSteps: Int

    /// Whether somebody should look at it.
    public var level: TrainingEvent.LogLevel {
        switch kind {
        case .queued, .started, .paused, .resumed, .suspended, .completed: .info
        case .stopped: reason == nil ? .info : .warning
        case .writeFailed, .held, .snapshotFailed, .environmentFailed: .warning
        case .failed: .error
        }
    }
}
