import Checkpoints
import DeepQLearning
import Foundation
import NeuralNetworks
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct PolicyCheckpointTests {
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

    @Test(
        "a policy of any head, from one stream or two, is read back as it was written",
        arguments: [
            .scalar, .categorical(CategoricalSupport(atomCount: 3, minimum: -2, maximum: 0.5)),
            .quantile(count: 5), .implicitQuantile(count: 3),
        ] as [ValueHead],
        [false, true]
    )
    func heads(head: ValueHead, isForked: Bool) throws {
        let width = head.outputsPerAction
        var architecture = NetworkArchitecture(
            input: .numbers(3),
            hiddenLayers: .mlp(6),
            outputCount: 4 * width
        )
        if isForked {
            architecture.branches = [
                NetworkBranch(name: "value", hiddenLayers: .mlp(5), outputCount: width),
                NetworkBranch(name: "advantage", hiddenLayers: .mlp(5), outputCount: 4 * width),
            ]
            architecture.join = .dueling
        }
        if head.fractionCount > 1 { architecture.quantileEmbedding = QuantileEmbedding() }
        var random = RandomGenerator(seed: 2)
        let parameters = try Sequential(architecture)
            .initialParameters(.fanInUniform, using: &random)
        var other = checkpoint
        other.policy = PolicySnapshot(
            function: .network(architecture, parameters: Array(copying: parameters.span)),
            head: head,
            agentSteps: 1,
            gradientUpdates: 2
        )
        #expect(other.policy.actionCount == 4)
        #expect(try PolicyCheckpoint(SafetensorsFile(other.file.bytes)) == other)
    }

    @Test("outputs that are no whole number for each action are refused")
    func wrongOutputs() {
        var file = checkpoint.file
        file.metadata["value_head"] = "quantile"
        file.metadata["value_head_options"] = #"{"quantile_count":3}"#
        #expect(message(file).contains("no multiple of the 3 that value head quantile reads"))
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
        let names = [
            "conv1.weight [32, 4, 8, 8]", "conv1.bias [32]", "conv2.weight [64, 32, 4, 4]",
            "conv2.bias [64]", "conv3.weight [64, 64, 3, 3]", "conv3.bias [64]",
            "fc1.weight [512, 3136]", "fc1.bias [512]", "fc2.weight [4, 512]", "fc2.bias [4]",
        ]
        #expect(
            throws: CheckpointError.notAPolicy(
                "tensor \"conv1.weight\": is missing; the network has "
                    + names.joined(separator: ", ") + "; the file has "
                    + names.dropFirst().joined(separator: ", ")
            )
        ) {
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

    @Test("names of another library are answered with those that are expected")
    func foreignNames() {
        var file = checkpoint.file
        file.metadata = [:]
        for index in file.tensors.indices { file.tensors[index].name = "network.\(index)" }
        let renamed = message(file)
        #expect(renamed.contains("the network has conv1.weight [32, 4, 8, 8], conv1.bias [32], "))
        #expect(renamed.contains("fc2.bias [4]; the file has network.0 [32, 4, 8, 8], "))
        #expect(renamed.hasSuffix("; the shapes are right, so that other names are enough"))
        file.tensors = (0..<99).map { index in
            NamedTensor(
                name: "\(index)" + String(repeating: "x", count: 5_000),
                shape: [1],
                values: [0]
            )
        }
        let foreign = message(file)
        #expect(foreign.contains("fc2.weight [actions, 512], fc2.bias [actions]; the file has 0x"))
        #expect(foreign.hasSuffix("and 87 more") && foreign.utf8.count < 2_000)
    }

    @Test("a tensor of another shape, and one more, are refused by name")
    func otherTensors() {
        var file = checkpoint.file
        file.tensors[6].shape = [3136, 512]
        #expect(
            message(file) == "not a checkpoint of a policy: tensor \"fc1.weight\": "
                + "has shape [3136, 512], expected [512, 3136]"
        )
        file = checkpoint.file
        file.tensors.append(NamedTensor(name: "steps", shape: [], values: [1]))
        #expect(
            message(file).contains("\"steps\": the network has no such parameter; it has conv1")
        )
    }

    @Test(
        "weights that are no numbers are refused with their place",
        arguments: [Float.nan, .infinity]
    )
    func notFinite(value: Float) {
        var file = checkpoint.file
        file.tensors[2].values[32 * 16 * 5 + 16 * 3 + 4 * 2 + 1] = value
        #expect(
            message(file) == "not a checkpoint of a policy: tensor \"conv2.weight\" is \(value) "
                + "at [5, 3, 2, 1], a finite number expected"
        )
    }

    static let wrongMetadata: [(String, String, String)] = [
        ("agent_steps", "-5", "must be a whole number 0...9007199254740992, got \"-5\""),
        ("agent_steps", "abc", "must be a whole number 0...9007199254740992, got \"abc\""),
        ("agent_steps", "1e30", "got \"1e30\""),
        ("gradient_updates", "9007199254740993", "got \"9007199254740993\""),
        ("value_head_options", #"{"atom_count":1}"#, "describes no head: "),
        ("value_head_options", #"{"atoms":51}"#, "describes no head: "),
        (
            "value_head", "dual",
            "must be one of scalar, categorical, quantile, implicit_quantile, got \"dual\""
        ),
        ("action_names", "[1,2,3,4]", "must hold strings, got a number at 0"),
        ("action_names", #"["a","","c","d"]"#, "name 1 must not be empty"),
        (
            "action_names", #"["a","b","c\u0007","d"]"#,
            "name 2 must not contain control characters, got U+0007"
        ),
        ("action_names", "{}", "must be a JSON list of strings, got \"{}\""),
        ("action_names", "[", "is not valid JSON at byte 1"),
        (
            "environment", String(repeating: "e", count: 201),
            "must be a string of at most 200 characters, got a string of 201 characters"
        ),
        ("environment", "a\nb", "must not contain control characters, got U+000A"),
        ("environment_options", "[1", "is not valid JSON at byte 2"),
        ("environment_options", "[1]", "must be a JSON object, got \"[1]\""),
        ("hyperparameters", "7", "must be a JSON object, got \"7\""),
        ("network", "7", "is no description of layers: "),
    ]

    @Test("metadata that cannot be is refused with what it must be", arguments: wrongMetadata)
    func badMetadata(name: String, text: String, reason: String) {
        var file = checkpoint.file
        file.metadata[name] = text
        let message = message(file)
        #expect(message.hasPrefix("not a checkpoint of a policy: metadata \"\(name)\" "))
        #expect(message.contains(reason), "\(message)")
    }

    @Test("metadata of other programs is left out")
    func foreignMetadata() throws {
        var file = checkpoint.file
        file.metadata["trained_by"] = String(repeating: "x", count: 10_000)
        #expect(try PolicyCheckpoint(file).file.metadata["trained_by"] == nil)
        #expect(try PolicyCheckpoint(file) == checkpoint)
    }

    private func message(_ file: SafetensorsFile) -> String {
        do throws(CheckpointError) {
            _ = try PolicyCheckpoint(file)
            return "it is a policy"
        } catch {
            return "\(error)"
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
