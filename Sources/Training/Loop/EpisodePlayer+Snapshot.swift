internal import Environments
internal import Snapshots

extension EpisodePlayer {
    /// Where the player is, beside the newest observation and the environment's own snapshot.
    struct Saved: Codable {
        var action: Int?
        var reward: Float?
        var episode: Episode
        var mustBegin: Bool
        var hasFailed: Bool
        var restarts: RestartCount
        /// Why the game could not be saved; nil where it was.
        var unsaved: String?
    }

    /// Writes the environment and the episode so far.
    ///
    /// A game that cannot be saved is not in it: its episode ends as a time-out when it is gone on with.
    func write(to writer: SnapshotWriter) throws {
        var game: [UInt8] = []
        var unsaved = lostGame.map { "\($0)" }
        do throws(EnvironmentError) {
            if unsaved == nil { game = try environment?.snapshot() ?? [] }
        } catch {
            unsaved = "\(error)"
        }
        try writer.write(
            "episode",
            json: Saved(
                action: lastMove?.action,
                reward: lastMove?.reward,
                episode: episode,
                mustBegin: mustBegin,
                hasFailed: environment == nil,
                restarts: restarts,
                unsaved: unsaved
            )
        )
        try writer.write("observation", frame)
        try writer.write("environment", game)
    }

    /// Goes on from what was written.
    func restore(from reader: SnapshotReader) throws {
        let saved = try reader.value("episode", as: Saved.self)
        let observation = try reader.bytes("observation")
        guard observation.count == frame.count else {
            throw SnapshotError.doesNotFit(
                section: "observation",
                reason: "\(observation.count) bytes, expected \(frame.count)"
            )
        }
        try goOn(from: saved, frame: observation, game: try reader.bytes("environment"))
    }
}
