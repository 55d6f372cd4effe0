internal import Checkpoints
internal import GRDB
internal import Training

/// What tells that a job that went back has come to one of its checkpoints again.
struct RepeatedCheckpoint {
    let job: String
    let agentSteps: Int
    let evaluation: Double?
    let isBest: Bool
    /// Of the file, which says nothing of the time.
    let sha256: String

    /// A job's newest checkpoint is told with these.
    var labels: [String] { isBest ? ["latest", "best"] : ["latest"] }
}

extension RunStore {
    /// The record that is there of a checkpoint, its file made whole where it is not; nil where the
    /// job has not gone back from it.
    func record(
        ofRepeated kept: RepeatedCheckpoint,
        _ bytes: [UInt8]
    ) throws -> CheckpointRecord? {
        let found = try readNow { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT id FROM checkpoint
                    WHERE job = (SELECT number FROM job WHERE id = ?) AND is_ahead
                        AND agent_steps = ? AND sha256 = ? AND is_best = ?
                        AND evaluation_return IS ?
                    ORDER BY version LIMIT 1
                    """,
                arguments: [kept.job, kept.agentSteps, kept.sha256, kept.isBest, kept.evaluation]
            ).flatMap { id in try Self.checkpoint(id, db) }
        }
        guard var record = found else { return nil }
        let path = folder.checkpointFile(record.id)
        if (try? StoredFile(path).sha256()) != kept.sha256 {
            try AtomicFile.write(bytes, to: path)
        }
        try write { db in
            // The next one that is equal to it is another: a person may ask for two at one moment.
            try db.execute(
                sql: "UPDATE checkpoint SET is_ahead = 0 WHERE id = ?",
                arguments: [record.id]
            )
        }
        record.labels = kept.labels
        return record
    }
}
