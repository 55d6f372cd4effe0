/// How likely each transition is to be drawn, and how much it then counts.
///
/// A transition of priority p is drawn with the probability P = (1 − u) pᵅ / Σ pᵅ + u / N, and its loss
/// is multiplied by (N · P)⁻ᵝ over the largest such number of the batch. Its priority is |δ| + ε from the
/// last update that it was in; a new one has the largest priority that was ever seen, at least 1.
/// Schaul et al. 2016, equations 1 and 2, proportional variant, with β that grows; dqn_zoo adds u.
public struct Prioritization: Equatable, Sendable {
    /// α: 0 draws all alike, 1 in proportion to their priorities.
    public var exponent: Float = 0.6
    /// β at first: 0 corrects nothing of what is drawn more often.
    public var importanceExponent: Float = 0.4
    /// β at last: 1 corrects all.
    public var finalImportanceExponent: Float = 1
    /// Agent steps from the first update over which β grows in a straight line.
    public var importanceGrowthAgentSteps = 50_000_000
    /// u: the share of draws in which all transitions are equally likely.
    public var uniformShare: Float = 0.001
    /// ε: what every priority has beside the error.
    public var offset: Float = 1e-6

    /// The constants of the paper.
    public init() {}

    /// β after a number of agent steps of which the first `start` passed before any update.
    public func importanceExponent(afterAgentSteps steps: Int, learningStarts start: Int) -> Double
    {
        guard steps > start else { return Double(importanceExponent) }
        guard steps - start < importanceGrowthAgentSteps else {
            return Double(finalImportanceExponent)
        }
        let share = Double(steps - start) / Double(importanceGrowthAgentSteps)
        return Double(importanceExponent)
            + share * (Double(finalImportanceExponent) - Double(importanceExponent))
    }
}
