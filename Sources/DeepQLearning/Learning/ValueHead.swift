internal import Tensors

/// How a network's outputs stand for Q-values, and how they are taught.
///
/// Acting, bootstrapping, learning and serving ask the head and read no output themselves; a policy
/// and its checkpoint name it. A head is four functions: the outputs of an action, their Q-value, the
/// targets of a batch, and the loss with its gradient and an error a transition.
public enum ValueHead: Equatable, Sendable {
    /// One output an action: its Q-value. Mnih et al. 2015.
    case scalar
    /// The logits of a distribution of the return over fixed atoms: C51. Bellemare et al. 2017.
    case categorical(CategoricalSupport)
    /// As many quantiles of the return, at the midpoints of equal parts: QR-DQN. Dabney et al. 2018.
    case quantile(count: Int)

    /// How many outputs the network has for each action.
    public var outputsPerAction: Int {
        switch self {
        case .scalar: 1
        case .categorical(let support): support.atomCount
        case .quantile(let count): count
        }
    }

    /// How many numbers the target of a transition has.
    package var targetsPerTransition: Int { outputsPerAction }

    /// Computes Q-values: the expected return.
    ///
    /// - Parameters:
    ///   - outputs: shape (states, actions, outputsPerAction).
    ///   - values: shape (states, actions); overwritten.
    func readQValues(_ outputs: Span<Float>, into values: inout MutableSpan<Float>) {
        precondition(outputs.count == values.count * outputsPerAction)
        switch self {
        case .scalar: values.copy(from: outputs)
        case .categorical(let support): support.readExpectations(outputs, into: &values)
        case .quantile(let count):
            let weights = Array(repeating: 1 / Float(count), count: count)
            readRowProducts(of: outputs, weights.span, into: &values)
        }
    }
}

extension ValueHead {
    /// The Q-values of `count` states: shape (count, actions).
    package func qValues(_ outputs: Span<Float>) -> [Float] {
        if self == .scalar { return Array(copying: outputs) }
        var values = [Float](repeating: 0, count: outputs.count / outputsPerAction)
        var span = values.mutableSpan
        readQValues(outputs, into: &span)
        return values
    }

    /// What is known of each action's return beside its expectation: shape (states, actions, numbers).
    ///
    /// - Returns: The probabilities of the atoms, or the quantiles; nil where the expectation is all.
    func distributions(_ outputs: Span<Float>) -> [Float]? {
        switch self {
        case .scalar: nil
        case .categorical(let support): support.probabilities(outputs).values
        case .quantile: Array(copying: outputs)
        }
    }

    /// Finds the best action of each state; of equal ones the last.
    ///
    /// - Parameters:
    ///   - outputs: shape (states, actions, outputsPerAction).
    ///   - actions: An action a state; overwritten.
    package func readBestActions(_ outputs: Span<Float>, into actions: inout [Int]) {
        if self == .scalar {
            Self.readBestActions(ofValues: outputs, into: &actions)
        } else {
            Self.readBestActions(ofValues: qValues(outputs).span, into: &actions)
        }
    }

    private static func readBestActions(ofValues values: Span<Float>, into actions: inout [Int]) {
        let actionCount = values.count / actions.count
        for row in actions.indices {
            let first = row * actionCount
            var (best, bestValue) = (0, values[first])
            for action in 1..<actionCount {
                // Not `max`, which may lose a NaN: a broken network must be noticed.
                let value = values[first + action]
                if !(bestValue > value) { (best, bestValue) = (action, value) }
            }
            actions[row] = best
        }
    }
}
