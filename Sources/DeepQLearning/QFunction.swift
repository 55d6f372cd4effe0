public import BackgroundQueues
public import NeuralNetworks
internal import Tensors

/// Gives Q-values for states, a batch at a time, in memory of its own.
///
/// Not for use by two threads at once.
public final class QFunction {
    /// What one state looks like.
    public let input: NetworkInput
    /// How many actions have a Q-value.
    public let actionCount: Int
    private let evaluation: Evaluation

    /// Makes a snapshot ready to be asked.
    ///
    /// - Parameters:
    ///   - snapshot: What the agent knew.
    ///   - capacity: How many states one call may ask for.
    ///   - workers: The width of the widest pool that calls run on.
    /// - Throws: Where the snapshot's layers do not fit each other or its parameters, or there is no
    ///   memory for them.
    public init(
        _ snapshot: PolicySnapshot,
        capacity: Int,
        workers: Int
    ) throws(NetworkError) {
        input = snapshot.input
        actionCount = snapshot.actionCount
        switch snapshot.function {
        case .network(let architecture, let parameters):
            let network = try Sequential(
                architecture,
                fractionCount: snapshot.head.fractionCount
            )
            guard parameters.count == network.parameterCount else {
                throw .ends(
                    "the network has \(network.parameterCount) parameters, got \(parameters.count)"
                )
            }
            evaluation = .network(
                try NetworkEvaluation(
                    network: network,
                    head: snapshot.head,
                    parameters: parameters.span,
                    capacity: capacity,
                    workers: workers
                )
            )
        case .table(let table):
            evaluation = .table(table)
        }
    }

    /// The Q-values of `count` states.
    ///
    /// - Parameters:
    ///   - states: `count` times `input.byteCount` bytes.
    ///   - count: How many states, at most the capacity.
    ///   - pool: The cores to use.
    /// - Returns: shape (count, actions).
    public func qValues(of states: Span<UInt8>, count: Int, pool: ComputePool) -> [Float] {
        switch evaluation {
        case .network(let network):
            network.read(states, count: count, pool: pool) { $0.qValues($1, states: count) }
        case .table(let table): table.qValues(of: states, count: count)
        }
    }

    /// The Q-values of `count` states, and the distributions that they are the expectations of.
    public func answer(_ states: Span<UInt8>, count: Int, pool: ComputePool) -> Answer {
        switch evaluation {
        case .network(let network):
            network.read(states, count: count, pool: pool) {
                Answer(
                    qValues: $0.qValues($1, states: count),
                    distributions: $0.distributions($1, states: count)
                )
            }
        case .table(let table):
            Answer(qValues: table.qValues(of: states, count: count), distributions: nil)
        }
    }

    /// What some states' actions are worth.
    public struct Answer: Equatable, Sendable {
        /// shape (states, actions).
        public let qValues: [Float]
        /// shape (states, actions, numbers): the probabilities of a categorical head's atoms, or
        /// quantiles; nil where only the expectation is known.
        public let distributions: [Float]?
    }

    private enum Evaluation {
        case network(NetworkEvaluation)
        case table(QTable)
    }
}

/// A network with room for its passes.
private final class NetworkEvaluation {
    private let network: PreparedNetwork
    private let head: ValueHead
    private var workspace: Workspace

    init(
        network: Sequential,
        head: ValueHead,
        parameters: Span<Float>,
        capacity: Int,
        workers: Int
    ) throws(NetworkError) {
        self.network = try PreparedNetwork(network, copying: parameters)
        self.head = head
        workspace = try Workspace(
            network: network,
            capacity: capacity,
            workers: workers,
            keepsGradients: false,
            packsWeights: false
        )
        network.setMidpoints(in: &workspace)
    }

    /// Lets `body` read the outputs for some states.
    func read<Result>(
        _ states: Span<UInt8>,
        count: Int,
        pool: ComputePool,
        _ body: (ValueHead, Span<Float>) -> Result
    ) -> Result {
        network.read(states, count: count, workspace: &workspace, pool: pool) { body(head, $0) }
    }
}

extension PreparedNetwork {
    fileprivate func read<Result>(
        _ states: Span<UInt8>,
        count: Int,
        workspace: inout Workspace,
        pool: ComputePool,
        _ body: (Span<Float>) -> Result
    ) -> Result {
        forward(states, count: count, workspace: &workspace, pool: pool)
        return body(network.outputs(of: workspace, count: count))
    }
}
