/// Sums the steps of one transition up: their discounted rewards, and what the future then counts.
///
/// After m steps that brought r₁ … rₘ the transition's reward is r₁ + γ r₂ + … + γᵐ⁻¹ rₘ, and the value
/// of the state it leads to counts γᵐ, or nothing where that state is terminal. It has `steps` steps,
/// or fewer where the episode ends before. Sutton 1988; Watkins 1989, "corrected n-step returns".
public struct TransitionAccumulator: Sendable {
    /// γ.
    public let discount: Float
    /// n: the most steps of a transition.
    public let steps: Int
    /// The rewards so far, each discounted to the transition's beginning.
    public private(set) var reward: Float = 0
    /// m: the steps so far.
    public private(set) var length = 0
    private var nextDiscount: Float = 1
    private var isTerminal = false

    /// Begins a transition.
    ///
    /// - Parameters:
    ///   - discount: γ, 0 … 1.
    ///   - steps: n, at least 1.
    public init(discount: Float, steps: Int = 1) {
        precondition(steps >= 1, "a transition has at least 1 step, got \(steps)")
        self.discount = discount
        self.steps = steps
    }

    /// Adds one step.
    ///
    /// - Parameters:
    ///   - reward: What it brought.
    ///   - isTerminal: Whether nothing that comes after it counts.
    public mutating func add(reward: Float, isTerminal: Bool) {
        precondition(!isComplete, "a transition of \(length) steps has no other")
        self.reward = length == 0 ? reward : self.reward + nextDiscount * reward
        nextDiscount *= discount
        length += 1
        self.isTerminal = isTerminal
    }

    /// Whether no step can follow.
    public var isComplete: Bool { isTerminal || length == steps }

    /// What the value of the state that was reached counts: γᵐ, or 0 where it is terminal.
    public var valueDiscount: Float { isTerminal ? 0 : nextDiscount }
}
