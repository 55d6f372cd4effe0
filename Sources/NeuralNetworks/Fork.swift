/// Where a network forks: branches that all read the trunk's last level, and whose outputs are joined to
/// be the network's.
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
    /// How many numbers each branch gives out.
    let widths: [Int]
    /// Where V − mean A lies, and the gradient's share of it, of a network whose branches are joined by a
    /// duel; nil where their outputs stand one after the other.
    let offsetLevel: Int?
}
