internal import BackgroundQueues
internal import Checkpoints
internal import Synchronization
internal import Training

/// The digests of checkpoint files, each computed once for every state that a file is in: a client
/// that fetches a file in a thousand parts does not have it read a thousand times.
final class CheckpointDigests: Sendable {
    private struct Digest {
        let version: FileVersion
        let sha256: String
    }

    private let known = Mutex<[String: Digest]>([:])
    /// Where files are read, one after the other.
    let queue = BlockingQueue(label: "dqn.checkpoints.digests")

    private static let mostFiles = 10_000

    /// Compares a checkpoint's file with what was written.
    /// - Throws: `CheckpointError` where they differ, or the file cannot be read.
    func verify(_ checkpoint: CheckpointRecord, at path: String) async throws(CheckpointError) {
        if let version = FileVersion(ofFile: path) {
            // A file that was cut short need not be read to be refused.
            try StoredFile.compare(
                sizeBytes: version.sizeBytes,
                with: checkpoint.sizeBytes,
                path: path
            )
            if let digest = digest(of: checkpoint.id, version) {
                return try StoredFile.compare(digest, with: checkpoint.sha256, path: path)
            }
        }
        let digest = try await queue.run { [self] () throws(CheckpointError) in
            let file = try StoredFile(path)
            // The request before this one may have asked for the same.
            if let digest = self.digest(of: checkpoint.id, file.version) { return digest }
            let digest = try file.sha256()
            keep(Digest(version: file.version, sha256: digest), of: checkpoint.id)
            return digest
        }
        try StoredFile.compare(digest, with: checkpoint.sha256, path: path)
    }

    private func digest(of id: String, _ version: FileVersion) -> String? {
        known.withLock { known in
            known[id].flatMap { $0.version == version ? $0.sha256 : nil }
        }
    }

    private func keep(_ digest: Digest, of id: String) {
        known.withLock { known in
            if known.count >= Self.mostFiles {
                known = [:]
            }
            known[id] = digest
        }
    }
}
