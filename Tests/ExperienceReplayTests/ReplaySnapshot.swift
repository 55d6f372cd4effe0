import ExperienceReplay
import Foundation
import Snapshots

/// All experience that a replay buffer holds, as the bytes of its snapshot.
struct ReplaySnapshot: Equatable {
    private let bytes: Data

    init(of replay: borrowing ReplayBuffer) throws {
        let path = Self.newPath()
        let writer = SnapshotWriter()
        try replay.write(to: writer)
        try writer.finish().write(to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        bytes = try Data(contentsOf: URL(filePath: path))
    }

    /// Makes a buffer of the same layout hold what was written.
    func restore(_ replay: inout ReplayBuffer) throws {
        let path = Self.newPath()
        try bytes.write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try replay.restore(from: SnapshotReader(path: path))
    }

    /// In memory: no disk is to be waited for.
    private static func newPath() -> String { "/dev/shm/\(UUID().uuidString)" }
}
