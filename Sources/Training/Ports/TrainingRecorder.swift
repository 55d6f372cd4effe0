public import Checkpoints
public import Snapshots

/// Where jobs write down what happens to them.
///
/// Calls block until what they were given is kept: jobs make them on queues of their own. What they
/// throw is taken for trouble that passes, such as a full disk, and tried again; but for
/// ``JobForgotten``.
public protocol TrainingRecorder: Sendable {
    /// Keeps a job that was just asked for, unless the same request has made one before.
    ///
    /// - Parameters:
    ///   - job: The job, which waits to be run.
    ///   - request: What tells a repetition of the request; nil where every request is a new one.
    /// - Returns: Whether the job is kept, or which one stands in its place.
    /// - Throws: Where the disk or the database refuses.
    func create(_ job: JobRecord, for request: IdempotentRequest?) throws -> JobCreation

    /// Keeps how a job stands and what happened since the last call, all of it or nothing.
    ///
    /// When this returns, those who watch can read the events.
    func record(_ events: [TrainingEvent], of job: JobRecord) throws

    /// Keeps a checkpoint of a job: first the file, then that it is there.
    ///
    /// - Parameters:
    ///   - checkpoint: The policy with what must be known to use it.
    ///   - job: The job as it stands.
    ///   - evaluation: The mean return of an evaluation of just this policy, if there was one.
    ///   - isBest: Whether the policy is the best so far.
    /// - Returns: The record with its number and labels.
    /// - Throws: Where the disk or the database refuses.
    func save(
        _ checkpoint: PolicyCheckpoint,
        of job: JobRecord,
        evaluation: Double?,
        isBest: Bool
    ) throws -> CheckpointRecord

    /// Where the snapshots lie that a job goes on from.
    func snapshots(of job: String) throws -> SnapshotFolder

    /// Brings all that was kept so far to the disk; called in the background, before a snapshot of that
    /// moment gets its name.
    func sync() throws

    /// The number of the newest event kept of a job; 0 before the first.
    func lastEvent(of job: String) throws -> Int

    /// Takes back what was kept of a job after one of its events: it goes on from there.
    ///
    /// - Parameters:
    ///   - job: The job as it stands now.
    ///   - event: The number of the last event that stays.
    /// - Throws: Where the disk or the database refuses.
    func rewind(_ job: JobRecord, toEvent event: Int) throws
}

/// What tells the repetition of a request from a new one.
public struct IdempotentRequest: Equatable, Sendable {
    /// The key that the client chose.
    public var key: String
    /// The digest of the request's body.
    public var digest: String

    /// Creates what tells a request.
    public init(key: String, digest: String) {
        self.key = key
        self.digest = digest
    }
}

/// What came of asking for a job.
public enum JobCreation: Equatable, Sendable {
    /// It is kept.
    case created
    /// The request was carried out before, and made that job.
    case repeated(job: String)
    /// The request's key came with another body before.
    case keyReused
}

/// A job that its recorder does not know: it was deleted from outside.
public struct JobForgotten: Error, Equatable, CustomStringConvertible {
    /// The job.
    public let id: String

    /// Creates the error.
    public init(id: String) {
        self.id = id
    }

    /// The fault in one sentence.
    public var description: String { "there is no job \(id) any more" }
}
