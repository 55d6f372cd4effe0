package import RandomNumbers

/// Where a game's chances come from: a generator or, in a test, what another program has drawn.
package protocol ChanceSource: Codable, Equatable, Sendable {
    /// Whether that happens which happens with some probability.
    mutating func occurs(_ probability: Double) -> Bool

    /// A whole number in `0 ..< bound`, each equally likely.
    mutating func integer(below bound: Int) -> Int
}

extension RandomGenerator: ChanceSource {
    /// Draws one number, also where the probability is 0 or 1.
    package mutating func occurs(_ probability: Double) -> Bool {
        unitDouble() < probability
    }
}
