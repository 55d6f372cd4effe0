import Checkpoints
import DeepQLearning
import Foundation
import NeuralNetworks
import RandomNumbers
import Tensors
import Testing

@Suite struct PolicyCheckpointTests {
    let checkpoint: PolicyCheckpoint

    init() throws {
        let architecture = NetworkArchitecture(
            input: .pixels([4, 84, 84]),
            hiddenLayers: .nature,
            outputCount: 4
        )
        var random = RandomGenerator(seed: 1)
        let parameters = try Sequential(architecture)
            .initialParameters(.fanInUniform, using: &random)
        checkpoint = PolicyCheckpoint(
            policy: PolicySnapshot(
                function: .network(architecture, parameters: Array(copying: parameters.span)),
                agentSteps: 12_345,
                gradientUpdates: 678
            ),
            environment: "atari/breakout",
            environmentOptions: #"{"fire_on_reset":true}"#,
            actionNames: ["NOOP", "FIRE", "RIGHT", "LEFT"],
            hyperparameters: #"{"batch_size":32}"#
        )
    }

    @Test("a policy is written and read back through the file's bytes")
    func roundTrip() throws {
        let read = try PolicyCheckpoint(SafetensorsFile(checkpoint.file.bytes))
        #expect(read == checkpoint)
    }

    @Test("the tensors are PyTorch's")
    func tensors() {
        #expect(
            checkpoint.file.tensors.map { "\($0.name) \($0.shape)" }.prefix(2) == [
                "conv1.weight [32, 4, 8, 8]", "conv1.bias [32]",
            ]
        )
    }

    @Test("the Nature network's tensors alone are enough")
    func fromElsewhere() throws {
        var file = checkpoint.file
        file.metadata = [:]
        let read = try PolicyCheckpoint(file)
        #expect(read.policy.function == checkpoint.policy.function)
        #expect(read.actionNames == ["ACTION_0", "ACTION_1", "ACTION_2", "ACTION_3"])
    }

    @Test("a table is a checkpoint too")
    func table() throws {
        var table = QTable(stateCount: 3, actionCount: 2)
        table.values = [1, 2, 3, 4, 5, 6]
        let checkpoint = PolicyCheckpoint(
            policy: PolicySnapshot(function: .table(table), agentSteps: 5, gradientUpdates: 5),
            environment: "routes",
            actionNames: ["a", "b"],
            hyperparameters: "{}"
        )
        #expect(try PolicyCheckpoint(SafetensorsFile(checkpoint.file.bytes)) == checkpoint)
    }

    @Test("tensors that make no policy are refused with what is missing")
    func noPolicy() {
        var file = checkpoint.file
        file.tensors.removeFirst()
        #expect(throws: CheckpointError.notAPolicy("tensor \"conv1.weight\": is missing")) {
            _ = try PolicyCheckpoint(file)
        }
        file = checkpoint.file
        file.metadata["action_names"] = #"["NOOP"]"#
        #expect(
            throws: CheckpointError.notAPolicy(
                "metadata \"action_names\" has 1 names for 4 actions"
            )
        ) {
            _ = try PolicyCheckpoint(file)
        }
        file.metadata["network"] = "{}"
        #expect(throws: CheckpointError.self) { _ = try PolicyCheckpoint(file) }
        #expect(throws: CheckpointError.self) {
            _ = try PolicyCheckpoint(SafetensorsFile(metadata: [:], tensors: []))
        }
    }

    @Test("a file is whole or not there, and nothing else is left in its folder")
    func atomicFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a").path
        try AtomicFile.write([1, 2, 3], to: path)
        try AtomicFile.write([4], to: path)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([4]))
        #expect(throws: CheckpointError.self) { try AtomicFile.write([1], to: "\(path)/b") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }
}
