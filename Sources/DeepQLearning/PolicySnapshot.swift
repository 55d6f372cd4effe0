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
    /// Actions chosen until then.
    public let agentSteps: Int
    /// Updates made until then.
    public let gradientUpdates: Int

    /// Creates a snapshot.
    public init(function: Function, agentSteps: Int, gradientUpdates: Int) {
        self.function = function
        self.agentSteps = agentSteps
        self.gradientUpdates = gradientUpdates
    }

    /// How many actions have a Q-value.
    public var actionCount: Int {
        switch function {
        case .network(let architecture, _): architecture.outputCount
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
