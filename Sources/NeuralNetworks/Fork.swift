/// Where a network forks: branches that all read the trunk's last level, and whose outputs, one after the
/// other, are the network's.
struct Fork: Equatable, Sendable {
    /// The first of the branches' dense layers.
    let firstDense: Int
    /// The level that every branch reads.
    let level: Int
    /// Where the gradient that each branch but the first passes on to that level lies; the first one's lies
    /// where the sum is to be.
    let gradientLevels: [Int]
    /// The level of each branch's outputs.
    let ends: [Int]
}
