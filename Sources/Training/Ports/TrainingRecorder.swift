public import Checkpoints

/// Where jobs write down what happens to them.
///
/// Calls block until what they were given is kept: jobs make them on queues of their own.
public protocol TrainingRecorder: Sendable {
    /// Keeps a job that was just asked for.
    func create(_ job: JobRecord) throws

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
}
