internal import Checkpoints

/// A policy some weights of which are no numbers any more: the job has failed, or is about to.
public struct PolicyNotFinite: Error, Equatable, CustomStringConvertible {
    /// Its agent steps.
    public let agentSteps: Int
    /// Its updates.
    public let gradientUpdates: Int

    /// The fault in one sentence.
    public var description: String {
        "weights are infinite or no numbers any more at gradient update \(gradientUpdates); a smaller "
            + "learning rate may help"
    }
}

/// The checkpoint that a job has kept last: its weights are numbers.
struct SavedCheckpoint: Codable, Equatable {
    var id: String
    var agentSteps: Int

    init(_ record: CheckpointRecord) {
        (id, agentSteps) = (record.id, record.agentSteps)
    }
}
