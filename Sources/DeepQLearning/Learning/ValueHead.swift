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
    /// Quantiles at fractions that the network is given, so many in a pass: IQN. Dabney et al. 2018.
    case implicitQuantile(count: Int)

    /// How many outputs the network has for each action.
    public var outputsPerAction: Int {
        switch self {
        case .scalar, .implicitQuantile: 1
        case .categorical(let support): support.atomCount
        case .quantile(let count): count
        }
    }

    /// At how many fractions the network is asked for quantiles; 1 where it is asked for none.
    public var fractionCount: Int {
        if case .implicitQuantile(let count) = self { count } else { 1 }
    }

    /// How many numbers a pass gives for each action of a state, and the target of a transition has.
    ///
    /// They lie in the shape (states, actions, numbers), or (states, numbers, actions) where the network is
    /// asked for quantiles.
    package var numbersPerAction: Int { outputsPerAction * fractionCount }

    /// Computes Q-values: the expected return.
    ///
    /// - Parameters:
    ///   - numbers: shape (states, actions, numbersPerAction).
    ///   - values: shape (states, actions); overwritten.
    private func readQValues(_ numbers: Span<Float>, into values: inout MutableSpan<Float>) {
        precondition(numbers.count == values.count * numbersPerAction)
        switch self {
        case .scalar: values.copy(from: numbers)
        case .categorical(let support): support.readExpectations(numbers, into: &values)
        case .quantile(let count), .implicitQuantile(let count):
            let weights = Array(repeating: 1 / Float(count), count: count)
            readRowProducts(of: numbers, weights.span, into: &values)
        }
    }
}

extension ValueHead {
    /// The Q-values of so many states: shape (states, actions).
    package func qValues(_ outputs: Span<Float>, states: Int) -> [Float] {
        guard case .implicitQuantile = self else { return qValues(ofNumbers: outputs) }
        return qValues(ofNumbers: numbers(outputs, states: states).span)
    }

    /// The Q-values of numbers that lie action by action.
    func qValues(ofNumbers numbers: Span<Float>) -> [Float] {
        if self == .scalar { return Array(copying: numbers) }
        var values = [Float](repeating: 0, count: numbers.count / numbersPerAction)
        var span = values.mutableSpan
        readQValues(numbers, into: &span)
        return values
    }

    /// The outputs of so many states, action by action: shape (states, actions, numbersPerAction).
    func numbers(_ outputs: Span<Float>, states: Int) -> [Float] {
        guard case .implicitQuantile(let count) = self else { return Array(copying: outputs) }
        var numbers = [Float](repeating: 0, count: outputs.count)
        let (size, actions) = (outputs.count / states, outputs.count / states / count)
        for state in 0..<states {
            for action in 0..<actions {
                for index in 0..<count {
                    numbers[state * size + action * count + index] =
                        outputs[state * size + index * actions + action]
                }
            }
        }
        return numbers
    }

    /// What the numbers of `distributions` stand at: the returns of a categorical head's atoms, or the
    /// fractions of quantiles; nil where there are none.
    public var points: [Float]? {
        switch self {
        case .scalar: nil
        case .categorical(let support): support.atoms
        case .quantile(let count), .implicitQuantile(let count): Self.midpoints(count)
        }
    }

    /// Whether `distributions` are probabilities of returns, not returns at probabilities.
    public var givesProbabilities: Bool {
        if case .categorical = self { true } else { false }
    }

    /// What is known of each action's return beside its expectation: shape (states, actions, numbers).
    ///
    /// - Returns: The probabilities of the atoms, or the quantiles; nil where the expectation is all.
    func distributions(_ outputs: Span<Float>, states: Int) -> [Float]? {
        switch self {
        case .scalar: nil
        case .categorical(let support): support.probabilities(outputs).values
        case .quantile, .implicitQuantile: numbers(outputs, states: states)
        }
    }

    /// Finds the best action of each state; of equal ones the last.
    ///
    /// - Parameters:
    ///   - outputs: As the network gives them.
    ///   - actions: An action a state; overwritten.
    package func readBestActions(_ outputs: Span<Float>, into actions: inout [Int]) {
        if self == .scalar {
            Self.readBestActions(ofValues: outputs, into: &actions)
        } else {
            let values = qValues(outputs, states: actions.count)
            Self.readBestActions(ofValues: values.span, into: &actions)
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
