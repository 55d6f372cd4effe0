internal import Environments
internal import Snapshots

extension PlayedEnvironment {
    private struct Saved: Codable {
        var action: Int?
        var reward: Float?
        var episodeReturn: Double
        var episodeLength: Int
        var mustBegin: Bool
        var restarts: RestartCount
    }

    /// Writes the game and where the agent is in it.
    func write(to writer: SnapshotWriter) throws {
        try writer.write(
            "environment",
            json: Saved(
                action: lastMove?.action,
                reward: lastMove?.reward,
                episodeReturn: episodeReturn,
                episodeLength: episodeLength,
                mustBegin: mustBegin,
                restarts: restarts
            )
        )
        try writer.write("observation", frame)
        // A game that has failed is made anew before it is played.
        try writer.write("game", restarts.isDue ? [] : environment.snapshot())
    }

    /// Goes on from what was written.
    func restore(from reader: SnapshotReader) throws {
        let saved = try reader.value("environment", as: Saved.self)
        let observation = try reader.bytes("observation")
        guard observation.count == frame.count else {
            throw SnapshotError.doesNotFit(
                section: "observation",
                reason: "\(observation.count) bytes, expected \(frame.count)"
            )
        }
        let game = try reader.bytes("game")
        if !saved.restarts.isDue { try environment.restore(game) }
        frame = observation
        lastMove = saved.action.map { ($0, saved.reward ?? 0) }
        (episodeReturn, episodeLength) = (saved.episodeReturn, saved.episodeLength)
        (mustBegin, restarts) = (saved.mustBegin, saved.restarts)
    }
}
