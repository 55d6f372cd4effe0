internal import BackgroundQueues
public import Checkpoints
internal import DeepQLearning
internal import Foundation
internal import GRDB
public import Training

extension RunStore {
    /// Keeps a policy that was made elsewhere.
    ///
    /// - Parameters:
    ///   - file: A safetensors file.
    ///   - id: The checkpoint's name in URLs, not used before.
    ///   - name: What people call it.
    ///   - check: Called with the policy before anything is kept; what it throws is thrown.
    /// - Returns: The record.
    /// - Throws: `CheckpointError` where the file is no policy, and where the disk or the database
    ///   refuses.
    public func importCheckpoint(
        _ file: [UInt8],
        id: String,
        name: String?,
        check: @escaping @Sendable (PolicyCheckpoint) throws -> Void = { _ in }
    ) async throws -> CheckpointRecord {
        try await checkpointChanges.run { [self] in
            guard folder.isThere else { throw RunStorageError.folderGone(folder.path) }
            let given = try SafetensorsFile(file)
            let checkpoint = try PolicyCheckpoint(given)
            try check(checkpoint)
            // The tensors are as they should be: they need not come back from the policy's layout.
            let bytes = SafetensorsFile(metadata: checkpoint.metadata, tensors: given.tensors).bytes
            let record = CheckpointRecord(
                id: id,
                job: nil,
                name: name,
                version: 1,
                agentSteps: checkpoint.policy.agentSteps,
                meanReturn100: nil,
                evaluationReturn: nil,
                sizeBytes: bytes.count,
                sha256: sha256(bytes),
                createdAt: now(),
                labels: ["latest"]
            )
            let path = folder.checkpointFile(id)
            try AtomicFile.write(bytes, to: path)
            do {
                try insert(record, name: name, isBest: false)
            } catch {
                try? FileManager.default.removeItem(atPath: path)
                throw error
            }
            return record
        }
    }

    /// Forgets a checkpoint, first that it is there, then its file.
    /// - Returns: Whether there was one.
    @discardableResult
    public func deleteCheckpoint(_ id: String) async throws(RunStorageError) -> Bool {
        try await checkpointChanges.run { [self] () throws(RunStorageError) in
            defer { modelVersions.forget() }
            let isDeleted = try writeDurably { db in
                try db.execute(sql: "DELETE FROM checkpoint WHERE id = ?", arguments: [id])
                let isDeleted = db.changesCount > 0
                try db.execute(
                    sql: "UPDATE job SET best_checkpoint = NULL WHERE best_checkpoint = ?",
                    arguments: [id]
                )
                return isDeleted
            }
            try? FileManager.default.removeItem(atPath: folder.checkpointFile(id))
            return isDeleted
        }
    }
}
