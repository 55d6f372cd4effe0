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
        let leftovers = Leftovers(folder)
        do {
            let sentences = try leftovers.find(in: database).map(Self.remove)
            let missing = try leftovers.missingFiles(in: database)
            return sentences + missing.map { "the file of checkpoint \($0) is gone" }
        } catch {
            throw RunStorageError(error, in: folder)
        }
    }

    /// Removes a file or a folder, and says so.
    private static func remove(_ leftover: Leftovers.Leftover) -> String {
        do {
            try FileManager.default.removeItem(atPath: leftover.path)
            return "removed \(leftover.name): \(leftover.reason)"
        } catch {
            return "cannot remove \(leftover.name): \(error.localizedDescription)"
        }
    }
}
