import DeepQLearning
import Foundation
import Snapshots

/// All that an agent is made of, as the bytes of its snapshot: equal for two agents that go on alike
/// to the bit.
struct AgentSnapshot: Equatable {
    /// Parameters of the network that learns.
    let online: [Float]
    /// Parameters of the target network.
    let target: [Float]
    private let bytes: Data

    /// Writes a snapshot; updates under way are waited for.
    init(of agent: DQNAgent) throws {
        let path = Self.newPath()
        let writer = SnapshotWriter()
        try agent.write(to: writer)
        try writer.finish().write(to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        bytes = try Data(contentsOf: URL(filePath: path))
        let reader = try SnapshotReader(path: path)
        _ = try reader.bytes("agent")
        online = try reader.floats("online parameters")
        target = try reader.floats("target parameters")
    }

    /// Lets an agent of the same hyperparameters go on from here.
    func restore(_ agent: DQNAgent) throws {
        let path = Self.newPath()
        try bytes.write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try agent.restore(from: SnapshotReader(path: path))
    }

    /// In memory: a test may write after each step, and no disk is to be waited for.
    private static func newPath() -> String { "/dev/shm/\(UUID().uuidString)" }
}
