internal import Foundation
internal import GRDB

extension RunStore {
    /// Removes what a server that was killed has left behind: files that were not written to their
    /// end, files that no checkpoint has, and snapshots that no job goes on from.
    ///
    /// For the start, before anything is kept: what is being written then would be removed too. A
    /// checkpoint whose file is gone stays, so that whoever has a copy can put it back.
    /// - Returns: A sentence for each file that was removed or is gone.
    /// - Throws: Where the database refuses, or the folder cannot be read.
    public func removeLeftovers() throws(RunStorageError) -> [String] {
        try removeLeftoverCheckpoints() + removeLeftoverSnapshots()
    }

    private func removeLeftoverSnapshots() throws(RunStorageError) -> [String] {
        let ids = try readNow { db in
            try String.fetchSet(
                db,
                sql: "SELECT id FROM job WHERE state IN ('queued', 'running', 'paused')"
            )
        }
        var sentences: [String] = []
        for name in try names(in: folder.snapshots) {
            let path = "\(folder.snapshots)/\(name)"
            guard ids.contains(DataFolder.job(ofSnapshots: name)) else {
                sentences.append(remove(path, name, "no job goes on from it"))
                continue
            }
            // A folder, or the one file of the version before.
            for inner in (try? names(in: path)) ?? [] where inner.hasSuffix(".part") {
                let reason = "it was not written to its end"
                sentences.append(remove("\(path)/\(inner)", "\(name)/\(inner)", reason))
            }
        }
        return sentences
    }

    private func removeLeftoverCheckpoints() throws(RunStorageError) -> [String] {
        let ids = try readNow { db in
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

    func names(in path: String) throws(RunStorageError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .folder(path, reason: error.localizedDescription)
        }
    }

    /// Removes a file or a folder, and says so.
    private func remove(_ path: String, _ name: String, _ reason: String) -> String {
        do {
            try FileManager.default.removeItem(atPath: path)
            return "removed \(name): \(reason)"
        } catch {
            return "cannot remove \(name): \(error.localizedDescription)"
        }
    }
}
