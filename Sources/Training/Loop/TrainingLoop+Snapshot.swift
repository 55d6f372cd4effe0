internal import DeepQLearning
public import Snapshots

extension TrainingLoop {
    private struct Saved: Codable {
        var environmentFrames: Int
        var episodes: Int
        var unfinished: Outcome?
    }

    /// Writes the agent and every environment, in the middle of their episodes.
    /// - Throws: `SnapshotError`, and `EnvironmentError` where a game cannot be saved.
    public func write(to writer: SnapshotWriter) throws {
        try writer.write(
            "loop",
            json: Saved(
                environmentFrames: environmentFrames,
                episodes: episodes,
                unfinished: unfinished
            )
        )
        for player in players {
            try player.write(to: writer)
        }
        try agent.write(to: writer)
    }

    /// Goes on from what was written, in environments of the same options.
    /// - Throws: As `write`.
    public func restore(from reader: SnapshotReader) throws {
        let saved = try reader.value("loop", as: Saved.self)
        for player in players {
            try player.restore(from: reader)
        }
        try agent.restore(from: reader)
        (environmentFrames, episodes) = (saved.environmentFrames, saved.episodes)
        unfinished = saved.unfinished
    }
}
