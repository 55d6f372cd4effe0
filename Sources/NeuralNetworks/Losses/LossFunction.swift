/// What one TD error costs.
public enum LossFunction: String, Sendable, CaseIterable {
    /// e²/2 where |e| ≤ 1, else |e| − ½.
    ///
    /// Its slope is the error clipped to −1 … 1: what Mnih et al. 2015, "Training algorithm", mean by
    /// clipping the error term. It is not a clipped loss, whose slope beyond 1 would be zero.
    case huber
    /// e², as PyTorch's `mse_loss` has it: slope 2e.
    case squared
    /// e²/2: slope e.
    case halfSquared = "half_squared"

    /// The loss of one error.
    public func value(_ error: Float) -> Float {
        switch self {
        case .huber: abs(error) <= 1 ? error * error / 2 : abs(error) - 0.5
        case .squared: error * error
        case .halfSquared: error * error / 2
        }
    }

    /// d loss / d error.
    public func slope(_ error: Float) -> Float {
        switch self {
        case .huber: min(max(error, -1), 1)
        case .squared: 2 * error
        case .halfSquared: error
        }
    }
}

/// How the losses of a batch become the one number that is made smaller.
public enum LossReduction: String, Sendable, CaseIterable {
    /// Their sum: every sample pulls with its whole gradient, as DeepMind's own program did.
    case sum
    /// Their mean, as libraries do today.
    case mean

    /// What each sample's gradient is multiplied by.
    public func weight(batchSize: Int) -> Float {
        self == .sum ? 1 : 1 / Float(batchSize)
    }
}
