internal import Snapshots

extension TrainingSession {
    /// The version of what follows in the snapshot; changed with every section in it.
    private static let version = 3
    /// Version 2 held frames as a section, and knew nothing of the job beside the session.
    private static let readableVersions = 2...3

    /// The first section; that of version 1 had other fields in its place.
    private struct Header: Codable {
        var version: Int?
    }

    /// What decides how the job goes on, beside what the loop knows.
    private struct Saved: Codable {
        var schedule: TrainingSchedule.State
        var metrics: TrainingMetrics
        var trainingSeconds: Double
        var evaluationSeconds: Double
    }

    /// Writes everything that decides how the job goes on, to the bit.
    ///
    /// An evaluation under way is not in it; it is played anew, with the same result.
    func write(to writer: SnapshotWriter) throws {
        try writer.write("session", json: Header(version: Self.version))
        try writer.write(
            "course",
            json: Saved(
                schedule: schedule.state,
                metrics: metrics,
                trainingSeconds: trainingSeconds,
                evaluationSeconds: evaluationSeconds
            )
        )
        try loop.write(to: writer)
    }

    /// Goes on from what was written.
    /// - Returns: What is known of the job beside it; nil in version 2.
    func restore(from reader: SnapshotReader) throws -> SnapshotPlace? {
        let found = try reader.value("session", as: Header.self).version ?? 1
        guard Self.readableVersions.contains(found) else {
            throw SnapshotError.doesNotFit(
                section: "session",
                reason: "it was written in version \(found), and only versions "
                    + "\(Self.readableVersions.lowerBound) to \(Self.readableVersions.upperBound) "
                    + "can be gone on from"
            )
        }
        let saved = try reader.value("course", as: Saved.self)
        try loop.restore(from: reader)
        if hasClients { loop.cutLostEpisodes() }
        (schedule.state, metrics) = (saved.schedule, saved.metrics)
        (trainingSeconds, evaluationSeconds) = (saved.trainingSeconds, saved.evaluationSeconds)
        return found == 2 ? nil : try reader.value(SnapshotPlace.section)
    }
}
