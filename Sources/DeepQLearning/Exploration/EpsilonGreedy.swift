public import RandomNumbers

/// Chooses the best action, or with probability ε any one.
///
/// Mnih et al. 2015, Algorithm 1: "with probability ε select a random action".
public struct EpsilonGreedy: Sendable {
    /// The action, or nil where the best one is to be taken.
    public static func exploratoryAction(
        epsilon: Float,
        actionCount: Int,
        using generator: inout RandomGenerator
    ) -> Int? {
        generator.unitFloat() < epsilon ? generator.integer(below: actionCount) : nil
    }

    /// The action of the largest Q-value, one at random where several are as large.
    ///
    /// Ties are real: a network whose hidden units are all dead gives every action its bias.
    public static func greedyAction(
        _ qValues: Span<Float>,
        using generator: inout RandomGenerator
    ) -> Int {
        var best = 0
        var ties = 1
        for action in 1..<max(qValues.count, 1) {
            if qValues[action] > qValues[best] {
                best = action
                ties = 1
            } else if qValues[action] == qValues[best] {
                // Reservoir sampling: the n-th of n equals replaces the choice once in n times.
                ties += 1
                if generator.integer(below: ties) == 0 {
                    best = action
                }
            }
        }
        return best
    }
}
