internal import Snapshots

extension TrainingSession {
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
        try writer.write(
            "session",
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
    func restore(from reader: SnapshotReader) throws {
        let saved = try reader.value("session", as: Saved.self)
        try loop.restore(from: reader)
        (schedule.state, metrics) = (saved.schedule, saved.metrics)
        (trainingSeconds, evaluationSeconds) = (saved.trainingSeconds, saved.evaluationSeconds)
    }
}
