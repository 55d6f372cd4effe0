internal import Environments
internal import Snapshots

/// How a job outlives its server: it is written down where it is, and goes on there to the bit.
extension TrainingJob {
    /// Writes down all that the job needs to go on, in the state it is in.
    /// - Returns: Whether it could be; a game that cannot be saved ends the job with a checkpoint.
    func suspend(_ session: TrainingSession) async throws -> Bool {
        session.rest()
        do {
            try await persist {
                do {
                    try recorder.suspend(record) { writer in try session.write(to: writer) }
                } catch let error as EnvironmentError {
                    throw UnsavableGame(reason: "\(error)")
                }
            }
        } catch let game as UnsavableGame {
            note([.log(.warning, "it cannot go on later: \(game.reason)")])
            return false
        }
        notify(.suspended)
        try await persist { try flush() }
        return true
    }

    /// Brings a session to where the last server left it.
    func goOnFromSuspension(_ session: TrainingSession) throws {
        guard let reader = try recorder.suspension(of: id) else {
            throw SnapshotError.doesNotFit(section: "session", reason: "there is no snapshot")
        }
        try session.restore(from: reader)
        note([.log(.info, "it goes on where the last server left it")])
    }
}

/// A game whose state cannot be written down, for which there is no use in trying again.
struct UnsavableGame: Error {
    let reason: String
}
