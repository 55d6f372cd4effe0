internal import Checkpoints
internal import Foundation
internal import GRDB
internal import Snapshots
internal import Training

extension StoreCheck {
    /// Whether every checkpoint's file is what was written.
    func checkCheckpoints() throws {
        let rows = try database.read { db in
            try Row.fetchAll(db, sql: "\(RunStore.selectCheckpoints) ORDER BY checkpoint.number")
        }
        for row in rows {
            summary.checkpoints += 1
            let number: Int = try row.value("number")
            let id: String = (try? row.value("id")) ?? "number \(number)"
            do {
                let record = try CheckpointRecord(row)
                let path = folder.checkpointFile(record.id)
                let digest = try StoredFile(path).sha256()
                try StoredFile.compare(digest, with: record.sha256, path: path)
            } catch {
                // Whoever has a copy can put it back.
                found("checkpoint \(id)", "\(error)")
            }
        }
    }

    /// Whether every snapshot is whole, with the frames that it needs.
    func checkSnapshots() throws {
        let jobs = try database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT id FROM job WHERE state IN ('queued', 'running', 'paused')
                    ORDER BY number
                    """
            )
        }
        for job in jobs {
            let snapshots = SnapshotFolder(path: folder.snapshotFolder(job))
            for path in snapshots.files {
                summary.snapshots += 1
                do {
                    try snapshots.check(path)
                } catch {
                    // The job goes on from the one before, or begins anew.
                    try found("job \(job)", "\(error)", repairedBy: "removed it") {
                        try FileManager.default.removeItem(atPath: path)
                    }
                }
            }
        }
    }

    /// Files that nothing needs.
    func checkLeftovers() throws {
        for leftover in try Leftovers(folder).find(in: database) {
            let path = leftover.path
            try found(leftover.name, leftover.reason, repairedBy: "removed it") {
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }
}
