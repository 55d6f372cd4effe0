internal import DeepQLearning
internal import Foundation
internal import JSONFields
internal import NeuralNetworks

extension PolicyCheckpoint {
    /// Reads the checkpoint that lies at `path`.
    /// - Throws: `CheckpointError` where the file is no policy, and what Foundation says where it
    ///   cannot be read.
    public init(contentsOf path: String) throws {
        try self.init(SafetensorsFile(Array(Data(contentsOf: URL(filePath: path)))))
    }

    /// Reads the checkpoint that was written to `path`; blocks.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - sha256: The digest of what was written, in hexadecimal.
    /// - Throws: `CheckpointError.damaged` where the file has another digest.
    public init(contentsOf path: String, sha256: String) throws(CheckpointError) {
        try self.init(SafetensorsFile(StoredFile(path).bytes(sha256: sha256)))
    }

    /// Reads a checkpoint.
    ///
    /// A file from elsewhere without a description of its layers is taken for the Nature network if
    /// its tensors have that network's names and shapes. Metadata that this program does not know is
    /// left out.
    /// - Throws: `CheckpointError.notAPolicy` with what is missing or does not fit.
    public init(_ file: SafetensorsFile) throws(CheckpointError) {
        let metadata = CheckpointMetadata(file.metadata)
        let function: PolicySnapshot.Function
        if let table = QTable(file.tensors) {
            guard table.actionCount <= NetworkArchitecture.outputLimit else {
                throw .notAPolicy(
                    "the table has \(table.actionCount) actions, at most "
                        + "\(NetworkArchitecture.outputLimit) expected"
                )
            }
            function = .table(table)
        } else {
            let described = try metadata.architecture()
            let architecture =
                if let described { described } else {
                    try NetworkArchitecture.nature(for: file.tensors)
                }
            do throws(NetworkError) {
                function = try PolicySnapshot.Function(architecture, file.tensors)
            } catch {
                throw .notAPolicy("\(error)")
            }
        }
        try Self.requireNumbers(file.tensors)
        let head = try metadata.valueHead()
        if case .network(let architecture, _) = function {
            try Self.require(architecture, readBy: head)
        }
        policy = PolicySnapshot(
            function: function,
            head: head,
            agentSteps: try metadata.count("agent_steps"),
            gradientUpdates: try metadata.count("gradient_updates")
        )
        environment = try metadata.environment()
        environmentOptions = try metadata.object("environment_options")
        hyperparameters = try metadata.object("hyperparameters")
        actionNames = try metadata.actionNames(count: policy.actionCount)
    }

    /// Every action has the same number of outputs, and quantiles are asked for where there is a head for
    /// them.
    private static func require(
        _ architecture: NetworkArchitecture,
        readBy head: ValueHead
    ) throws(CheckpointError) {
        let outputCount = architecture.outputCount
        let isAsked = if case .implicitQuantile = head { true } else { false }
        guard isAsked == (architecture.quantileEmbedding != nil) else {
            throw .notAPolicy(
                isAsked
                    ? "value head implicit_quantile reads a network with a quantile embedding"
                    : "value head \(head.name) reads no network with a quantile embedding"
            )
        }
        guard outputCount.isMultiple(of: head.outputsPerAction) else {
            throw .notAPolicy(
                "the network gives \(outputCount) numbers, which are no multiple of the "
                    + "\(head.outputsPerAction) that value head \(head.name) reads for each action"
            )
        }
    }

    /// A Q-value that is no number has no best action.
    private static func requireNumbers(_ tensors: [NamedTensor]) throws(CheckpointError) {
        for tensor in tensors {
            guard let place = tensor.values.firstIndex(where: { !$0.isFinite }) else { continue }
            var (rest, index) = (place, [Int]())
            for size in tensor.shape.reversed() {
                index.insert(rest % size, at: 0)
                rest /= size
            }
            throw .notAPolicy(
                "tensor \"\(tensor.name.excerpt)\" is \(tensor.values[place]) at \(index), "
                    + "a finite number expected"
            )
        }
    }
}

extension NetworkArchitecture {
    /// The Nature network with as many actions as the tensors have, whatever the last layer is called.
    ///
    /// Mnih et al. 2015, Methods, "Model architecture".
    fileprivate static func nature(
        for tensors: [NamedTensor]
    ) throws(CheckpointError) -> NetworkArchitecture {
        var architecture = NetworkArchitecture(
            input: .pixels([4, 84, 84]),
            hiddenLayers: .nature,
            outputCount: 1
        )
        let output =
            tensors.first { $0.name == "fc2.bias" }?.shape
            ?? tensors.first { $0.shape.count == 2 && $0.shape[1] == 512 }?.shape
        guard let count = output?.first, (1...outputLimit).contains(count) else {
            let names = (try? Sequential(architecture).pyTorchTensorShapes) ?? []
            throw .notAPolicy(
                "the metadata has no \"network\", which says how the layers are put together, and "
                    + "without it the tensors must be those of the Nature network: "
                    + tensorList(names).replacing("[1, 512]", with: "[actions, 512]")
                    .replacing("fc2.bias [1]", with: "fc2.bias [actions]")
                    + "; the file has \(tensorList(tensors.map { ($0.name, $0.shape) }))"
            )
        }
        architecture.outputCount = count
        return architecture
    }
}
