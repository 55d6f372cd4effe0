public import DeepQLearning
internal import Foundation
internal import JSONFields
internal import NeuralNetworks

/// A policy and what must be known to use it, in one file that stands for itself.
///
/// The network's tensors have PyTorch's names and shapes. How the layers are put together, the
/// environment and its actions are texts in the file's metadata.
public struct PolicyCheckpoint: Equatable, Sendable {
    /// What the agent knew.
    public var policy: PolicySnapshot
    /// The environment it was trained in, such as `atari/breakout`.
    public var environment: String
    /// The options that environment was made with, as JSON.
    public var environmentOptions: String
    /// What each action does.
    public var actionNames: [String]
    /// The hyperparameters it was trained with, as JSON.
    public var hyperparameters: String

    /// Creates the content of a checkpoint.
    public init(
        policy: PolicySnapshot,
        environment: String,
        environmentOptions: String = "{}",
        actionNames: [String],
        hyperparameters: String
    ) {
        self.policy = policy
        self.environment = environment
        self.environmentOptions = environmentOptions
        self.actionNames = actionNames
        self.hyperparameters = hyperparameters
    }
}

extension PolicyCheckpoint {
    /// The checkpoint as a safetensors file.
    public var file: SafetensorsFile {
        var metadata = [
            "format": "pt",
            "environment": environment,
            "environment_options": environmentOptions,
            "action_names": JSONValue.array(actionNames.map(JSONValue.string)).description,
            "agent_steps": "\(policy.agentSteps)",
            "gradient_updates": "\(policy.gradientUpdates)",
            "hyperparameters": hyperparameters,
        ]
        if case .network(let architecture, _) = policy.function {
            metadata["network"] = architecture.json.description
        }
        return SafetensorsFile(metadata: metadata, tensors: policy.function.tensors)
    }

    /// Reads the checkpoint that lies at `path`.
    /// - Throws: `CheckpointError` where the file is no policy, and what Foundation says where it
    ///   cannot be read.
    public init(contentsOf path: String) throws {
        try self.init(SafetensorsFile(Array(Data(contentsOf: URL(filePath: path)))))
    }

    /// Reads a checkpoint.
    ///
    /// A file from elsewhere without a description of its layers is taken for the Nature network if
    /// its tensors have that network's shapes.
    /// - Throws: `CheckpointError.notAPolicy` with what is missing or does not fit.
    public init(_ file: SafetensorsFile) throws(CheckpointError) {
        let function: PolicySnapshot.Function
        if let table = QTable(file.tensors) {
            function = .table(table)
        } else {
            let architecture = try Self.architecture(file.metadata["network"], file.tensors)
            do throws(NetworkError) {
                function = try PolicySnapshot.Function(architecture, file.tensors)
            } catch {
                throw .notAPolicy("\(error)")
            }
        }
        policy = PolicySnapshot(
            function: function,
            agentSteps: Int(file.metadata["agent_steps"] ?? "") ?? 0,
            gradientUpdates: Int(file.metadata["gradient_updates"] ?? "") ?? 0
        )
        environment = file.metadata["environment"] ?? ""
        environmentOptions = file.metadata["environment_options"] ?? "{}"
        hyperparameters = file.metadata["hyperparameters"] ?? "{}"
        actionNames = try Self.actionNames(
            file.metadata["action_names"],
            count: policy.actionCount
        )
    }

    private static func architecture(
        _ text: String?,
        _ tensors: [NamedTensor]
    ) throws(CheckpointError) -> NetworkArchitecture {
        guard let text else {
            guard let output = tensors.first(where: { $0.name == "fc2.bias" })?.values.count else {
                throw .notAPolicy(
                    "the metadata has no \"network\", and there is no tensor \"fc2.bias\" as the "
                        + "Nature network has"
                )
            }
            return NetworkArchitecture(
                input: .pixels([4, 84, 84]),
                hiddenLayers: .nature,
                outputCount: output
            )
        }
        do {
            var fields = FieldReader(try JSONValue(parsing: Array(text.utf8)))
            let architecture = NetworkArchitecture(reading: &fields)
            try fields.finishOrThrow()
            return architecture
        } catch {
            throw .notAPolicy("metadata \"network\": \(error)")
        }
    }

    private static func actionNames(
        _ text: String?,
        count: Int
    ) throws(CheckpointError) -> [String] {
        guard let text else { return (0..<count).map { "ACTION_\($0)" } }
        guard case .array(let values) = try? JSONValue(parsing: Array(text.utf8)) else {
            throw .notAPolicy("metadata \"action_names\" must be a list")
        }
        let names = values.compactMap { value in
            if case .string(let name) = value { name } else { nil as String? }
        }
        guard names.count == values.count, names.count == count else {
            throw .notAPolicy(
                "metadata \"action_names\" has \(names.count) names for \(count) actions"
            )
        }
        return names
    }
}
