public import DeepQLearning
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
        SafetensorsFile(metadata: metadata, tensors: policy.function.tensors)
    }

    /// What the file says besides the tensors.
    public var metadata: [String: String] {
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
            metadata["value_head"] = policy.head.name
            if let options = policy.head.options {
                metadata["value_head_options"] = options.description
            }
        }
        return metadata
    }
}
