/// What somebody will need in memory, part by part, known before any of it is taken.
public struct MemoryDemand: Equatable, Sendable {
    /// One part, and what it follows from.
    public struct Part: Equatable, Sendable {
        /// What people call it: "replay".
        public var name: String
        /// How much it is at most.
        public var size: ByteCount
        /// How the size comes about: "1,000,000 frames × 7,056 B"; empty where the name says it.
        public var arithmetic: String
        /// The field of a request that decides it, as a JSON pointer; empty where none does.
        public var pointer: String

        /// Describes a part.
        public init(
            _ name: String,
            _ size: ByteCount,
            arithmetic: String = "",
            pointer: String = ""
        ) {
            self.name = name
            self.size = size
            self.arithmetic = arithmetic
            self.pointer = pointer
        }
    }

    /// The parts that are anything at all.
    public private(set) var parts: [Part] = []

    /// Needs nothing.
    public init() {}

    /// Adds a part.
    public mutating func add(_ part: Part) {
        if part.size > .zero { parts.append(part) }
    }

    /// All parts together.
    public var size: ByteCount { parts.reduce(.zero) { $0 + $1.size } }

    /// The part that weighs most.
    public var heaviest: Part? { parts.max { $0.size < $1.size } }

    /// The sum with its terms, the heaviest first: "41.2 GB: replay 28.2 GB (…), weights 6.4 GB (…)".
    public var arithmetic: String {
        let terms = parts.sorted { $0.size > $1.size }.map { part in
            "\(part.name) \(part.size)" + (part.arithmetic.isEmpty ? "" : " (\(part.arithmetic))")
        }
        return "\(size): \(terms.joined(separator: ", "))"
    }
}
