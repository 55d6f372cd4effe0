/// Non-negative weights, of which one is found by its share of their sum in a few steps.
///
/// A node is the sum of its eight children, which share a cache line: seven levels for a million
/// weights. Every sum is taken anew from the children, in double precision and always in the same
/// order, so that the tree follows from its weights alone: no rounding error gathers over the updates.
package struct SumTree: ~Copyable, Sendable {
    /// How many weights, all of them 0 at first.
    package let count: Int
    /// Where each level begins, the weights' first and the root's last.
    private let starts: [Int]
    private let pages: MappedPages

    private static let fanOut = 8

    /// - Throws: `ReplayError.noMemory` where the system refuses the room.
    package init(count: Int) throws(ReplayError) {
        precondition(count > 0)
        self.count = count
        starts = Self.starts(count)
        pages = try MappedPages(byteCount: Self.byteCount(count), storage: .memory)
    }

    /// Bytes of a tree of so many weights.
    package static func byteCount(_ count: Int) -> Int {
        (starts(count).last ?? 0) * MemoryLayout<Double>.stride
            + fanOut * MemoryLayout<Double>.stride
    }

    private static func starts(_ count: Int) -> [Int] {
        var (starts, width) = ([0], count)
        while width > 1 {
            let groups = (width + fanOut - 1) / fanOut
            starts.append(starts[starts.count - 1] + groups * fanOut)
            width = groups
        }
        return starts
    }

    /// The sum of all weights.
    package var total: Double { unsafe pages.address(as: Double.self)[starts[starts.count - 1]] }

    /// One of the weights: finite, at least 0.
    package subscript(index: Int) -> Double {
        get {
            precondition((0..<count).contains(index))
            return unsafe pages.address(as: Double.self)[index]
        }
        set {
            precondition((0..<count).contains(index))
            precondition(newValue >= 0 && newValue.isFinite, "a weight of \(newValue)")
            let nodes = unsafe pages.address(as: Double.self)
            unsafe nodes[index] = newValue
            var place = index
            for level in 1..<starts.count {
                place /= Self.fanOut
                let first = starts[level - 1] + place * Self.fanOut
                var sum = unsafe nodes[first]
                for child in 1..<Self.fanOut { unsafe sum += nodes[first + child] }
                unsafe nodes[starts[level] + place] = sum
            }
        }
    }

    /// The first weight at which the sum of the weights up to it is above `share`; never one that is 0.
    ///
    /// - Parameter share: 0 ..< `total`; the total and what rounding puts beyond a node's sum belong to
    ///   the last weight above 0.
    /// - Returns: Its place.
    package func index(at share: Double) -> Int {
        precondition(total > 0, "there is no weight above 0")
        let nodes = unsafe pages.address(as: Double.self)
        var (place, rest) = (0, share)
        for level in (0..<(starts.count - 1)).reversed() {
            let first = starts[level] + place * Self.fanOut
            var chosen: Int?
            for child in 0..<Self.fanOut {
                let weight = unsafe nodes[first + child]
                guard weight > 0 else { continue }
                if chosen != nil, let passed = chosen {
                    rest -= unsafe nodes[first + passed]
                }
                chosen = child
                if rest < weight { break }
            }
            place = place * Self.fanOut + (chosen ?? 0)
        }
        return place
    }

    /// Sets all weights to 0.
    package mutating func removeAll() {
        let nodes = unsafe pages.address(as: Double.self)
        for index in 0..<(pages.byteCount / MemoryLayout<Double>.stride) {
            unsafe nodes[index] = 0
        }
    }
}
