import BackgroundQueues
import Checkpoints
import DeepQLearning
import Foundation
import Inference
import NeuralNetworks
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct ServedModelTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    @Test("requests of many clients at once are answered each with its own")
    func manyAtOnce() async throws {
        let (model, policy) = try await makeModel()
        let function = try QFunction(policy, capacity: 1, workers: 1)
        try await withThrowingTaskGroup(of: (Int, QValueAnswer).self) { group in
            for client in 0..<60 {
                group.addTask {
                    (client, try await model.answer(Self.states(client, count: client % 5 + 1)))
                }
            }
            for try await (client, answer) in group {
                let count = client % 5 + 1
                #expect(answer.rows.count == count && answer.actions.count == count)
                for (row, values) in answer.rows.enumerated() {
                    let state = Self.states(client + row, count: 1)
                    let alone = function.qValues(
                        of: state.span,
                        count: 1,
                        pool: ComputePool(width: 1)
                    )
                    #expect(values.count == alone.count)
                    #expect(zip(values, alone).allSatisfy { abs($0 - $1) < 1e-6 })
                    #expect(answer.actions[row] == alone.indices.max { alone[$0] < alone[$1] })
                }
            }
        }
    }

    @Test("a request larger than a pass is answered whole, one larger than the limit refused")
    func largeRequests() async throws {
        let (model, _) = try await makeModel()
        let answer = try await model.answer(Self.states(0, count: 50))
        #expect(answer.rows.count == 50)
        #expect(
            Array(answer.rows[49])
                == Array(try await model.answer(Self.states(49, count: 1)).rows[0])
        )
        await #expect(throws: InferenceError.tooManyStates(count: 101, limit: 100)) {
            _ = try await model.answer(Self.states(0, count: 101))
        }
    }

    @Test("more states at once than may wait are refused, though nobody else waits")
    func tooManyToWait() async throws {
        let (model, _) = try await makeModel { $0.maxWaitingRows = 10 }
        await #expect(throws: InferenceError.queueIsFull(limitRows: 10)) {
            _ = try await model.answer(Self.states(0, count: 11))
        }
        #expect(try await model.answer(Self.states(0, count: 10)).rows.count == 10)
    }

    @Test("of more models than are kept the one not asked for longest is dropped, and loaded anew")
    func eviction() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var limits = InferenceLimits(cores: 1)
        limits.maxLoadedModels = 2
        let registry = ModelRegistry(limits: limits)
        let bytes = try Self.checkpoint(seed: 1).file.bytes
        func model(_ name: String) async throws -> ServedModel {
            try await registry.model(
                checkpoint: name,
                file: folder.appending(path: name).path,
                sha256: sha256(bytes)
            )
        }
        for name in ["first", "second", "third"] {
            try Data(bytes).write(to: folder.appending(path: name))
        }
        let first = try await model("first")
        weak let second = try await model("second")
        #expect(try await model("first") === first)
        #expect(second != nil)
        let third = try await model("third")
        #expect(second == nil)
        // Those kept are not read again.
        try FileManager.default.removeItem(at: folder)
        #expect(try await model("first") === first)
        #expect(try await model("third") === third)
        await #expect(throws: InferenceError.fileGone(checkpoint: "second")) {
            _ = try await model("second")
        }
    }

    @Test(
        "a file that is no checkpoint is refused with the reason, and tried anew when asked again"
    )
    func badFile() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let registry = ModelRegistry(limits: InferenceLimits(cores: 1))
        let file = folder.appending(path: "x.safetensors")
        for content in [nil, Data([1, 2, 3])] {
            try content?.write(to: file)
            let error = await #expect(throws: InferenceError.self) {
                _ = try await registry.model(
                    checkpoint: "x",
                    file: file.path,
                    sha256: sha256([1, 2, 3])
                )
            }
            #expect(
                error?.description
                    == "checkpoint x cannot be used: "
                    + (content == nil
                        ? "the file is gone"
                        : "not a safetensors file: 3 bytes, at least 8 expected")
            )
        }
        let good = try Self.checkpoint(seed: 1).file.bytes
        try Data(good).write(to: file)
        let model = try await registry.model(
            checkpoint: "x",
            file: file.path,
            sha256: sha256(good)
        )
        #expect(model.agentSteps == 7)
    }

    @Test("a file of which one bit has changed is refused, and served when it is put back")
    func damagedFile() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let registry = ModelRegistry(limits: InferenceLimits(cores: 1))
        let file = folder.appending(path: "x.safetensors")
        let good = try Self.checkpoint(seed: 1).file.bytes
        var bad = good
        bad[bad.count - 2] ^= 0x40
        for bytes in [bad, Array(good.dropLast(4))] {
            try Data(bytes).write(to: file)
            await #expect(
                throws: InferenceError.damaged(
                    checkpoint: "x",
                    reason: "the file x.safetensors is damaged: it has sha256 "
                        + "\(sha256(bytes).prefix(8))…, expected sha256 "
                        + "\(sha256(good).prefix(8))…; put a copy of it back, or delete the checkpoint"
                )
            ) {
                _ = try await registry.model(
                    checkpoint: "x",
                    file: file.path,
                    sha256: sha256(good)
                )
            }
        }
        try Data(good).write(to: file)
        _ = try await registry.model(checkpoint: "x", file: file.path, sha256: sha256(good))
    }

    @Test("of the actions that are as good the first is taken")
    func ties() async throws {
        var table = QTable(stateCount: 2, actionCount: 3)
        table.values = [1, 5, 5, 0, 0, 0]
        let model = try await makeModel(
            PolicyCheckpoint(
                policy: PolicySnapshot(function: .table(table), agentSteps: 0, gradientUpdates: 0),
                environment: "routes",
                actionNames: ["a", "b", "c"],
                hyperparameters: "{}"
            )
        )
        let states: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f]
        #expect(try await model.answer(states).actions == [1, 0])
    }

    private static func states(_ first: Int, count: Int) -> [UInt8] {
        (first..<(first + count)).flatMap { number in
            (0..<36).map { UInt8(truncatingIfNeeded: (number + 3) * (5 * $0 + 7)) }
        }
    }

    private static func checkpoint(seed: UInt64) throws -> PolicyCheckpoint {
        let architecture = NetworkArchitecture(
            input: .pixels([1, 6, 6]),
            hiddenLayers: [.conv2d(filters: 4, kernelSize: 3, stride: 1), .dense(units: 8)],
            outputCount: 3
        )
        var random = RandomGenerator(seed: seed)
        let parameters = try Sequential(architecture).initialParameters(.heUniform, using: &random)
        return PolicyCheckpoint(
            policy: PolicySnapshot(
                function: .network(architecture, parameters: Array(copying: parameters.span)),
                agentSteps: 7,
                gradientUpdates: 1
            ),
            environment: "catch",
            actionNames: ["left", "stay", "right"],
            hyperparameters: "{}"
        )
    }

    private func makeModel(
        _ change: (inout InferenceLimits) -> Void = { _ in }
    ) async throws -> (ServedModel, PolicySnapshot) {
        let checkpoint = try Self.checkpoint(seed: 3)
        return (try await makeModel(checkpoint, change), checkpoint.policy)
    }

    private func makeModel(
        _ checkpoint: PolicyCheckpoint,
        _ change: (inout InferenceLimits) -> Void = { _ in }
    ) async throws -> ServedModel {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "m.safetensors")
        let bytes = checkpoint.file.bytes
        try Data(bytes).write(to: file)
        var limits = InferenceLimits(cores: 2)
        limits.maxBatchRows = 16
        limits.maxRequestRows = 100
        change(&limits)
        return try await ModelRegistry(limits: limits).model(
            checkpoint: "m",
            file: file.path,
            sha256: sha256(bytes)
        )
    }
}
