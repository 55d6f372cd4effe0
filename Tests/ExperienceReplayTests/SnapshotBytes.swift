import Foundation
import Snapshots

extension Snapshot {
    /// The bytes of its file.
    func bytes() throws -> Data {
        let path = newPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(to: path)
        return try Data(contentsOf: URL(filePath: path))
    }
}

extension SnapshotReader {
    /// Reads bytes of a file; it may be gone as soon as it is open.
    static func reading(_ bytes: Data) throws -> SnapshotReader {
        let path = newPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try bytes.write(to: URL(filePath: path))
        return try SnapshotReader(path: path)
    }
}

/// In memory: no disk is to be waited for.
private func newPath() -> String { "/dev/shm/\(UUID().uuidString)" }
