internal import Tensors

/// How the actions of the next states are weighed in targets.
package enum NextPolicy {
    /// One action of each state counts.
    case best([Int])
    /// Every action counts as often as it is chosen.
    case soft(SoftPolicy)
}

/// The policy π = softmax(q / τ), whose own log-probabilities are learned from as rewards are.
///
/// Vieillard et al. 2020, "Munchausen Reinforcement Learning": r + α · clip(τ ln π(a|s), l₀, 0) is what the
/// action brought, and Σ π(a′|s′) · (q(s′, a′) − τ ln π(a′|s′)) what the next state is worth. Both policies are
/// those of the target network.
package struct SoftPolicy {
    /// π(a′|s′), shape (states, actions).
    let probabilities: [Float]
    /// τ ln π(a′|s′), of the same shape.
    let logarithms: [Float]
    /// α · clip(τ ln π(a|s), l₀, 0) of the action that was taken in each state before.
    let bonuses: [Float]

    /// - Parameters:
    ///   - rule: α, τ and l₀.
    ///   - values: q(s), shape (states, actions).
    ///   - actions: a of each state.
    ///   - nextValues: q(s′), of the same shape.
    package init(_ rule: Munchausen, values: [Float], actions: [Int], nextValues: [Float]) {
        let current = Self.policy(values, states: actions.count, rule.temperature)
        let actionCount = values.count / actions.count
        bonuses = actions.enumerated().map { row, action in
            let logarithm = current.logarithms[row * actionCount + action]
            return rule.scale * min(max(logarithm, rule.minimumLogProbability), 0)
        }
        (probabilities, logarithms) = Self.policy(
            nextValues,
            states: actions.count,
            rule.temperature
        )
    }

    /// softmax(q / τ) and its scaled logarithm q − v − τ ln Σ exp((q − v) / τ), v = max q.
    private static func policy(
        _ values: [Float],
        states: Int,
        _ temperature: Float
    ) -> (probabilities: [Float], logarithms: [Float]) {
        let actionCount = values.count / states
        var (probabilities, logarithms) = (values, values)
        var sums = [Float](repeating: 0, count: states)
        var scaled = values
        for state in 0..<states {
            let row = (state * actionCount)..<((state + 1) * actionCount)
            let best = values[row].max() ?? 0
            for place in row {
                logarithms[place] = values[place] - best
                scaled[place] = logarithms[place] / temperature
            }
        }
        var span = probabilities.mutableSpan
        var logSums = sums.mutableSpan
        softmax(scaled.span, into: &span, logSums: &logSums)
        for place in logarithms.indices {
            logarithms[place] -= temperature * sums[place / actionCount]
        }
        return (probabilities, logarithms)
    }
}
