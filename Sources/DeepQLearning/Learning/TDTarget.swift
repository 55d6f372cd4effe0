/// The targets that the network is taught: y = r + d · maxₐ Q̂(s′, a).
///
/// Mnih et al. 2015, Algorithm 1, line 12, with d = 0 where s′ is terminal and γ otherwise; an
/// episode that only ran out of time keeps its future.
///
/// - Parameters:
///   - rewards: r, a number a transition.
///   - discounts: d, a number a transition.
///   - bestNextValues: maxₐ Q̂(s′, a), from the target network.
///   - targets: y, a number a transition; overwritten.
package func tdTargets(
    rewards: Span<Float>,
    discounts: Span<Float>,
    bestNextValues: Span<Float>,
    into targets: inout MutableSpan<Float>
) {
    let count = targets.count
    precondition(rewards.count == count && discounts.count == count)
    precondition(bestNextValues.count == count)
    for row in 0..<count {
        targets[row] = rewards[row] + discounts[row] * bestNextValues[row]
    }
}
