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

    /// Keeps all that a job needs to go on where it is, whole or not at all.
    /// - Throws: Where the disk refuses, and what `write` throws.
    func suspend(_ job: JobRecord, _ write: (SnapshotWriter) throws -> Void) throws

    /// What was kept for a job to go on with; nil where nothing was.
    /// - Throws: `SnapshotError` where it is not whole.
    func suspension(of job: String) throws -> SnapshotReader?

    /// Forgets what was kept: the job has gone on, or has ended.
    func removeSuspension(of job: String)
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
