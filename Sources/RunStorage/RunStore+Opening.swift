internal import Foundation
internal import GRDB
internal import Training

extension RunStore {
    /// What was found when a store was opened, for the server's log.
    public struct Opening: Equatable, Sendable {
        /// Jobs that ran or were paused when the last server ended, however it ended; they go on.
        public var continuedJobs: [String] = []
        /// Jobs that had not ended and cannot be read, with the reason; they have failed.
        public var unreadableJobs: [String: String] = [:]
        /// Whether the last server ended orderly.
        public var endedOrderly = true
    }

    /// Finds the jobs that had not ended, and ends those that cannot be read: one of them must not
    /// keep the others from going on.
    static func findUnfinishedJobs(
        _ db: Database,
        _ eventLog: EventLog,
        in folder: DataFolder,
        at now: Double
    ) throws -> Opening {
        var opening = Opening()
        opening.endedOrderly = eventLog.numbers.endedOrderly
        let unfinished = "\(selectJobs) WHERE state NOT IN ('completed', 'stopped', 'failed')"
        for row in try Row.fetchAll(db, sql: unfinished) {
            let job = JobRecord.read(row, in: folder)
            guard job.isReadable else {
                let reason = job.failure ?? "this job cannot be read"
                opening.unreadableJobs[job.id] = reason
                try fail(row["number"], reason, db, eventLog, at: now)
                continue
            }
            if job.state != .queued { opening.continuedJobs.append(job.id) }
        }
        return opening
    }

    /// Ends a job whose row cannot be read; what it holds stays for those who can.
    private static func fail(
        _ job: Int,
        _ reason: String,
        _ db: Database,
        _ eventLog: EventLog,
        at now: Double
    ) throws {
        try db.execute(
            sql: "UPDATE job SET state = 'failed', failure = ?, ended_at = ? WHERE number = ?",
            arguments: [reason, now, job]
        )
        try EventNumbers.reserve(1, db)
        let event = TrainingEvent(
            .state(.failed, reason: reason),
            at: TrainingPosition(),
            time: now
        )
        try eventLog.append([event], job: job, db)
    }
}
