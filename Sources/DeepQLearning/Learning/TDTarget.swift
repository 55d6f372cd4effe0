/// The returns that the network is taught: y = r + γ · c · maxₐ Q̂(s′, a).
///
/// Mnih et al. 2015, Algorithm 1, line 12, with c = 0 where s′ is terminal and 1 otherwise; an
/// episode that only ran out of time keeps its future.
///
/// - Parameters:
///   - rewards: r, a number a transition.
///   - continuations: c, a number a transition.
///   - discount: γ.
///   - nextValues: Q̂(s′), shape (transitions, actions), from the target network.
///   - targets: y, a number a transition; overwritten.
package func tdTargets(
    rewards: Span<Float>,
    continuations: Span<Float>,
    discount: Float,
    nextValues: Span<Float>,
    into targets: inout MutableSpan<Float>
) {
    let count = targets.count
    precondition(rewards.count == count && continuations.count == count)
    precondition(nextValues.count.isMultiple(of: count))
    let actions = nextValues.count / count
    for row in 0..<count {
        var best = nextValues[row * actions]
        for action in 1..<actions {
            // Not `max`, which may lose a NaN: a broken network must be noticed.
            let value = nextValues[row * actions + action]
            best = best > value ? best : value
        }
        targets[row] = rewards[row] + discount * continuations[row] * best
    }
}
