internal import Foundation
internal import GRDB
internal import Training

extension RunStore {
    /// Deletes what a job's rules do not keep, in the background: the job does not wait for it.
    ///
    /// A server that is killed meanwhile has deleted some; the next one goes on with the rest when it
    /// starts, or with the job's next checkpoint.
    func beginRetention(of job: JobRecord) {
        guard let rules = job.specification.checkpointRetention else { return }
        let work = RetentionWork(self)
        // Where the disk refuses, the next checkpoint tries again.
        deletion.queue.async { try? work.retain(rules, of: job.id) }
    }

    /// The same for all jobs, when a server starts.
    func beginRetentionOfAll() {
        let work = RetentionWork(self)
        deletion.queue.async { try? work.retainAll() }
    }
}

/// What the deletion of superfluous checkpoints needs of a store, which may be closed meanwhile.
private struct RetentionWork: Sendable {
    private let folder: DataFolder
    private let database: DatabasePool
    private let modelVersions: ModelVersions

    init(_ store: RunStore) {
        (folder, database, modelVersions) = (store.folder, store.database, store.modelVersions)
    }

    func retainAll() throws {
        let jobs = try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    \(RunStore.selectJobs) WHERE number IN
                        (SELECT job FROM checkpoint GROUP BY job HAVING count(*) > 2)
                    """
            ).map { JobRecord.read($0, in: folder) }
        }
        for job in jobs where job.isReadable {
            guard let rules = job.specification.checkpointRetention else { continue }
            try retain(rules, of: job.id)
        }
    }

    func retain(_ rules: CheckpointRetention, of job: String) throws {
        let (checkpoints, best) = try database.read { db in
            let best = try String.fetchOne(
                db,
                sql: "SELECT best_checkpoint FROM job WHERE id = ?",
                arguments: [job]
            )
            return (try RunStore.checkpoints(ofJob: job, db), best)
        }
        let superfluous = rules.superfluous(among: checkpoints, best: best)
        guard !superfluous.isEmpty, folder.isThere else { return }
        defer { modelVersions.forget() }
        let deleted = try database.write { db in
            try superfluous.map(\.id).filter { id in
                // It may have become the best meanwhile.
                try db.execute(
                    sql: """
                        DELETE FROM checkpoint WHERE id = ? AND id NOT IN
                            (SELECT best_checkpoint FROM job WHERE best_checkpoint IS NOT NULL)
                        """,
                    arguments: [id]
                )
                return db.changesCount > 0
            }
        }
        // A row without its file would be a loss, a file without its row is a leftover.
        try folder.sync()
        for id in deleted {
            try? FileManager.default.removeItem(atPath: folder.checkpointFile(id))
        }
    }
}
