internal import Foundation
internal import GRDB

extension RunStore {
    /// Removes what a server that was killed has left among the checkpoints: files that were not
    /// written to their end, and files that no checkpoint has.
    ///
    /// For the start, before anything is kept: what is being written then would be removed too. A
    /// checkpoint whose file is gone stays, so that whoever has a copy can put it back.
    /// - Returns: A sentence for each file that was removed or is gone.
    /// - Throws: Where the database refuses, or the folder cannot be read.
    public func removeLeftovers() throws(RunStorageError) -> [String] {
        try removeLeftoverCheckpoints() + removeLeftoverSnapshots()
    }

    private func removeLeftoverSnapshots() throws(RunStorageError) -> [String] {
        let ids = try write { db in
            try String.fetchSet(
                db,
                sql: "SELECT id FROM job WHERE state IN ('queued', 'running', 'paused')"
            )
        }
        let known = ids.union(ids.map { "\($0).snapshot" })
        return try names(in: folder.snapshots).filter { !known.contains($0) }.map { name in
            remove("\(folder.snapshots)/\(name)", name, "no job goes on from it")
        }
    }

    private func removeLeftoverCheckpoints() throws(RunStorageError) -> [String] {
        let ids = try write { db in
            try String.fetchAll(db, sql: "SELECT id FROM checkpoint ORDER BY number")
        }
        let path = folder.checkpoints
        let names = try names(in: path)
        let known = Set(ids.map { "\($0).safetensors" })
        var sentences: [String] = []
        for name in names where !known.contains(name) {
            let isUnfinished = name.hasSuffix(".part")
            guard isUnfinished || name.hasSuffix(".safetensors") else { continue }
            let reason = isUnfinished ? "it was not written to its end" : "no checkpoint has it"
            sentences.append(remove("\(path)/\(name)", name, reason))
        }
        let present = Set(names)
        for id in ids where !present.contains("\(id).safetensors") {
            sentences.append("the file of checkpoint \(id) is gone")
        }
        return sentences
    }

    private func names(in path: String) throws(RunStorageError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .folder(path, reason: error.localizedDescription)
        }
    }

    /// Removes a file, and says so.
    private func remove(_ path: String, _ name: String, _ reason: String) -> String {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            return "cannot remove \(name): \(error.localizedDescription)"
        }
        return "removed \(name): \(reason)"
    }
}
