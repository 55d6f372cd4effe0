internal import Foundation
internal import GRDB
internal import Snapshots

extension RunStore {
    /// Deletes a job, what happened in it, its checkpoints, and what is remembered of the request
    /// that made it.
    ///
    /// When this returns the job is gone for every reader. What it has written, which may be much,
    /// is deleted in the background in parts that others hardly wait for, and the room is given
    /// back to the system; the next server goes on where this one ends.
    public func deleteJob(_ id: String) throws(RunStorageError) {
        defer { modelVersions.forget() }
        let reserve = DiskReserve(in: folder.path)
        do {
            try delete(id)
        } catch .diskFull {
            reserve.giveUp()
            try delete(id)
        }
        reserve.fill()
        deletion.begin()
    }

    private func delete(_ id: String) throws(RunStorageError) {
        let checkpoints = try writeDurably { db -> [String] in
            guard let number = try Self.number(of: id, db) else { return [] }
            let checkpoints = try String.fetchAll(
                db,
                sql: "SELECT id FROM checkpoint WHERE job = ?",
                arguments: [number]
            )
            try db.execute(sql: "INSERT INTO deleted_job (number) VALUES (?)", arguments: [number])
            try db.execute(sql: "DELETE FROM idempotency_key WHERE job = ?", arguments: [id])
            // Its checkpoints and the names of its series go with it; `total` keeps what it did.
            try db.execute(sql: "DELETE FROM job WHERE number = ?", arguments: [number])
            return checkpoints
        }
        for checkpoint in checkpoints {
            try? FileManager.default.removeItem(atPath: folder.checkpointFile(checkpoint))
        }
        try? snapshots(of: id).remove()
    }

    /// Returns when the background has nothing more to delete.
    package func finishDeletion() {
        deletion.finish()
    }
}
