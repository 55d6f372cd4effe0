import ExperienceReplay
import Foundation
import Snapshots

/// All experience that a replay buffer holds, as the bytes of its snapshot.
struct ReplaySnapshot: Equatable {
    private let bytes: Data

    init(of replay: borrowing ReplayBuffer) throws {
        let writer = SnapshotWriter()
        try replay.write(to: writer)
        bytes = try writer.finish().bytes()
    }

    /// Makes a buffer of the same layout hold what was written.
    func restore(_ replay: inout ReplayBuffer) throws {
        try replay.restore(from: .reading(bytes))
    }
}
