internal import DeepQLearning

/// What a model learned of the return of each action in some states.
public struct ReturnDistributions: Equatable, Sendable {
    /// The word for what its network's outputs stand for.
    public let valueHead: String
    /// What the numbers stand at: returns, or fractions.
    public let points: [Float]
    /// Whether they are probabilities of returns, not the returns at probabilities.
    public let areProbabilities: Bool
    /// Shape (states, actions, points), row-major.
    public let values: [Float]

    /// Nil for a head that learns expectations alone.
    init?(_ head: ValueHead, _ values: [Float]) {
        guard let points = head.points else { return nil }
        valueHead = head.name
        self.points = points
        areProbabilities = head.givesProbabilities
        self.values = values
    }
}
