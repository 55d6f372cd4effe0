/// A job as it is kept and shown: what was asked for, and how it stands.
public struct JobRecord: Equatable, Sendable, Identifiable {
    /// The job's name in URLs.
    public let id: String
    /// What was asked for.
    public let specification: JobSpecification
    /// How it stands.
    public var state: JobState
    /// How far it has come.
    public var progress = TrainingProgress()
    /// The newest values of what is measured.
    public var latest = LatestMetrics()
    /// The best so far.
    public var best: BestResult?
    /// Seconds since 1970 at which it was asked for.
    public let createdAt: Double
    /// Seconds since 1970 at which it first ran.
    public var startedAt: Double?
    /// Seconds since 1970 at which it ended.
    public var endedAt: Double?
    /// Why it failed, or why it was stopped or holds still other than by a request.
    public var failure: String?
    /// Whether what was asked for is known; not where another version has written the job down.
    public var isReadable = true

    /// Why it does not run yet, where it is queued; as it is at the moment, and not kept.
    public var waitingFor: String?

    /// A job that waits to be run.
    public init(id: String, specification: JobSpecification, createdAt: Double) {
        self.id = id
        self.specification = specification
        state = .queued
        self.createdAt = createdAt
    }
}

extension JobRecord {
    /// The job with the reason why it does not run yet, where it is queued.
    public func waiting(for reason: String?) -> JobRecord {
        var record = self
        record.waitingFor = state == .queued ? reason : nil
        return record
    }
}

/// How a job stands: queued → running ⇄ paused → completed, stopped or failed.
public enum JobState: String, Sendable, CaseIterable {
    /// It waits for other jobs.
    case queued
    /// It learns.
    case running
    /// It holds still until it is resumed.
    case paused
    /// It has made all its steps, or met its goal.
    case completed
    /// It was stopped before that.
    case stopped
    /// It could not go on; `failure` says why.
    case failed

    /// Whether nothing more will come.
    public var isEnd: Bool {
        switch self {
        case .queued, .running, .paused: false
        case .completed, .stopped, .failed: true
        }
    }
}
