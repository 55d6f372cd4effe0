/// Somebody asked for more memory than there is for all together.
public struct MemoryExceeded: Error, Equatable, CustomStringConvertible {
    /// Why it cannot be, with the arithmetic, in one sentence.
    public let description: String
    /// The field of the request that weighs most, as a JSON pointer; empty where none is known.
    public let pointer: String
    /// What that field accounts for: "replay: 706 GB of 707 GB".
    public let share: String

    init(_ description: String, _ demand: MemoryDemand) {
        self.description = description
        pointer = demand.heaviest?.pointer ?? ""
        share = demand.heaviest.map { "\($0.name): \($0.size) of \(demand.size)" } ?? ""
    }
}
