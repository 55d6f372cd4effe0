public import NeuralNetworks
internal import Tensors

/// What an agent knew at one moment: enough to give Q-values anywhere else, and nothing more.
public struct PolicySnapshot: Equatable, Sendable {
    /// How Q-values come about.
    public enum Function: Equatable, Sendable {
        /// By a network; `parameters` is its flat block.
        case network(NetworkArchitecture, parameters: [Float])
        /// From a table.
        case table(QTable)
    }

    /// How Q-values come about.
    public let function: Function
    /// What a network's outputs stand for; of no meaning to a table.
    public let head: ValueHead
    /// Actions chosen until then.
    public let agentSteps: Int
    /// Updates made until then.
    public let gradientUpdates: Int

    /// Creates a snapshot.
    public init(
        function: Function,
        head: ValueHead = .scalar,
        agentSteps: Int,
        gradientUpdates: Int
    ) {
        self.head = head
        self.function = function
        self.agentSteps = agentSteps
        self.gradientUpdates = gradientUpdates
    }

    /// How many actions have a Q-value.
    public var actionCount: Int {
        switch function {
        case .network(let architecture, _): architecture.outputCount / head.outputsPerAction
        case .table(let table): table.actionCount
        }
    }

    /// What one state looks like.
    public var input: NetworkInput {
        switch function {
        case .network(let architecture, _): architecture.input
        case .table(let table): .numbers(table.stateCount)
        }
    }
}

extension PolicySnapshot.Function {
    /// The network's parameters with PyTorch's names and shapes, or the table as `q_table`.
    public var tensors: [NamedTensor] {
        switch self {
        case .network(let architecture, let parameters):
            guard let network = try? Sequential(architecture) else {
                preconditionFailure("a policy's layers fit each other")
            }
            return network.pyTorchTensors(of: parameters.span)
        case .table(let table):
            return [
                NamedTensor(
                    name: QTable.tensorName,
                    shape: [table.stateCount, table.actionCount],
                    values: table.values
                )
            ]
        }
    }

    /// Reads a network's parameters from tensors with PyTorch's names and shapes.
    /// - Throws: Where layers or tensors do not fit.
    public init(
        _ architecture: NetworkArchitecture,
        _ tensors: [NamedTensor]
    ) throws(NetworkError) {
        let block = try Sequential(architecture).parameters(fromPyTorch: tensors)
        self = .network(architecture, parameters: Array(copying: block.span))
    }
}
