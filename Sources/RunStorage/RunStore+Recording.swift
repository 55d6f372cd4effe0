public import Checkpoints
internal import DeepQLearning
internal import Foundation
internal import GRDB
internal import JSONFields
public import Training

extension RunStore: TrainingRecorder {
    /// Keeps a job that was just asked for, and what tells its request, all of it or nothing.
    @discardableResult
    public func create(
        _ job: JobRecord,
        for request: IdempotentRequest? = nil
    ) throws -> JobCreation {
        try write { db in
            if let request, let earlier = try Self.earlierCreation(by: request, db) {
                return earlier
            }
            try db.execute(sql: Self.insertJob, arguments: job.columns)
            if let request {
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO idempotency_key (key, digest, job, created_at)
                        VALUES (?, ?, ?, ?)
                        """,
                    arguments: [request.key, request.digest, job.id, now()]
                )
            }
            return .created
        }
    }

    /// Keeps how a job stands and what happened since the last call, all of it or nothing.
    public func record(_ events: [TrainingEvent], of job: JobRecord) throws {
        let newest = try write { db -> Int? in
            guard let number = try Self.number(of: job.id, db) else { return nil }
            try db.execute(sql: Self.updateJob, arguments: job.columns)
            try Self.insert(events, job: number, db)
            return try Int.fetchOne(db, sql: "SELECT max(number) FROM event") ?? 0
        }
        guard let newest else { throw JobForgotten(id: job.id) }
        arrivals.announce(newest, of: job.id)
    }

    /// Keeps a checkpoint of a job: first the file, then that it is there.
    ///
    /// - Parameters:
    ///   - checkpoint: The policy with what must be known to use it.
    ///   - job: The job as it stands.
    ///   - evaluation: The mean return of an evaluation of just this policy, if there was one.
    ///   - isBest: Whether the policy is the best so far.
    /// - Returns: The record with its number and labels.
    /// - Throws: Where the disk or the database refuses.
    public func save(
        _ checkpoint: PolicyCheckpoint,
        of job: JobRecord,
        evaluation: Double?,
        isBest: Bool
    ) throws -> CheckpointRecord {
        let bytes = checkpoint.file.bytes
        // Taken before the file is written: a number is never used again, whatever comes after.
        let version = try write { db in
            try Int.fetchOne(
                db,
                sql: """
                    UPDATE job SET last_checkpoint_version = last_checkpoint_version + 1
                    WHERE id = ? RETURNING last_checkpoint_version
                    """,
                arguments: [job.id]
            )
        }
        guard let version else { throw JobForgotten(id: job.id) }
        let record = CheckpointRecord(
            id: "\(job.id)-\(version)",
            job: job.id,
            version: version,
            agentSteps: checkpoint.policy.agentSteps,
            meanReturn100: job.latest.meanReturn100,
            evaluationReturn: evaluation,
            sizeBytes: bytes.count,
            sha256: sha256(bytes),
            createdAt: now(),
            labels: isBest ? ["latest", "best"] : ["latest"]
        )
        try AtomicFile.write(bytes, to: folder.checkpointFile(record.id))
        try insert(record, name: nil, isBest: isBest)
        return record
    }

    func insert(_ record: CheckpointRecord, name: String?, isBest: Bool) throws(RunStorageError) {
        defer { modelVersions.forget() }
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO checkpoint (id, job, name, version, agent_steps, mean_return_100,
                        evaluation_return, size_bytes, sha256, created_at, is_best)
                    VALUES (?, (SELECT number FROM job WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.id, record.job, name, record.version, record.agentSteps,
                    record.meanReturn100, record.evaluationReturn, record.sizeBytes, record.sha256,
                    record.createdAt, isBest,
                ]
            )
        }
    }

    /// Stops the jobs that the last server left running.
    static func stopInterruptedJobs(
        _ db: Database,
        in folder: DataFolder,
        at now: Double
    ) throws -> Opening {
        var opening = Opening()
        let reason = "the server ended while this job was not finished"
        let unfinished = "\(selectJobs) WHERE state NOT IN ('completed', 'stopped', 'failed')"
        for row in try Row.fetchAll(db, sql: unfinished) {
            var job = JobRecord.read(row, in: folder)
            guard job.isReadable else {
                opening.unreadableJobs[job.id] = job.failure
                continue
            }
            guard job.state == .running || job.state == .paused,
                let number = try number(of: job.id, db)
            else { continue }
            if FileManager.default.fileExists(atPath: folder.snapshotFile(job.id)) {
                opening.suspendedJobs.append(job.id)
                continue
            }
            job.state = .stopped
            job.failure = reason
            job.endedAt = now
            try db.execute(sql: updateJob, arguments: job.columns)
            let event = TrainingEvent(
                .state(.stopped, reason: reason),
                at: TrainingEvent.Position(job.progress),
                time: now
            )
            try insert([event], job: number, db)
            opening.interruptedJobs.append(job.id)
        }
        return opening
    }

    private static func number(of id: String, _ db: Database) throws -> Int? {
        try Int.fetchOne(db, sql: "SELECT number FROM job WHERE id = ?", arguments: [id])
    }

    private static func insert(_ events: [TrainingEvent], job: Int, _ db: Database) throws {
        guard !events.isEmpty else { return }
        var sequence =
            try Int.fetchOne(
                db,
                sql: "SELECT max(sequence) FROM event WHERE job = ?",
                arguments: [job]
            ) ?? 0
        let insertEvent = try db.cachedStatement(
            sql: "INSERT INTO event (job, sequence, name, data) VALUES (?, ?, ?, ?)"
        )
        var series = SeriesWriter(job: job)
        for event in events {
            sequence += 1
            let data = JSONValue.object(event.data).description
            try insertEvent.execute(arguments: [job, sequence, event.kind.name, data])
            for metric in event.metrics {
                try series.insert(metric, at: event.position, db)
            }
        }
    }
}

/// Writes numbers to the series of one job within one transaction.
private struct SeriesWriter {
    let job: Int
    private var series: [String: (number: Int, position: Int)] = [:]

    init(job: Int) {
        self.job = job
    }

    mutating func insert(
        _ metric: Metric,
        at position: TrainingEvent.Position,
        _ db: Database
    ) throws {
        var place = try series[metric.name] ?? open(metric.name, db)
        place.position += 1
        series[metric.name] = place
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO metric (series, position, agent_steps, environment_frames,
                    gradient_updates, episodes, wall_seconds, value)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            place.number, place.position, position.agentSteps, position.environmentFrames,
            position.gradientUpdates, position.episodes, position.wallSeconds, metric.value,
        ])
    }

    private func open(_ name: String, _ db: Database) throws -> (number: Int, position: Int) {
        try db.execute(
            sql: "INSERT INTO series (job, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [job, name]
        )
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT number, (SELECT coalesce(max(position), 0) FROM metric
                    WHERE metric.series = series.number) AS position
                FROM series WHERE job = ? AND name = ?
                """,
            arguments: [job, name]
        )
        guard let row else { throw RunStorageError.database("series \(name) was not made") }
        return (row["number"], row["position"])
    }
}
