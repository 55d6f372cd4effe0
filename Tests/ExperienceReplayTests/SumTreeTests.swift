import ExperienceReplay
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct SumTreeTests {
    /// dqn_zoo, replay_test.py; there the total itself is refused.
    @Test("a share of the sum belongs to the weight that it falls on")
    func dqnZoo() throws {
        let tree = try tree([3, 1, 2, 5])
        #expect(tree.total == 11)
        let shares = [0, 2.9, 3, 3.9, 4, 5.9, 6, 10.9, 11]
        #expect(shares.map { tree.index(at: $0) } == [0, 0, 1, 1, 2, 2, 3, 3, 3])
    }

    /// Dopamine, jax/replay_memory/sum_tree_test.py.
    @Test("a changed weight moves all that follow")
    func dopamine() throws {
        var tree = try tree([0.5, 1, 0.5, 0.5])
        #expect(tree.total == 2.5)
        #expect(tree.index(at: 1) == 1 && tree.index(at: 1.5) == 2)
        tree[0] = 0.25
        #expect(tree.total == 2.25)
        #expect([0.249, 0.5, 1.25].map { tree.index(at: $0) } == [0, 1, 2])
    }

    @Test("what weighs nothing is never found, at the edges neither")
    func zeros() throws {
        let tree = try tree([0, 1, 0, 0, 3, 0, 2, 0, 3, 0])
        let found = (0...900).map { tree.index(at: Double($0) / 100) }
        #expect(Set(found) == [1, 4, 6, 8])
        #expect(tree.index(at: tree.total.nextUp) == 8)
    }

    @Test(
        "every size agrees with adding up from the start",
        arguments: [1, 2, 7, 8, 9, 64, 65, 600]
    )
    func naive(count: Int) throws {
        var random = RandomGenerator(seed: UInt64(count))
        var tree = try SumTree(count: count)
        var weights = [Double](repeating: 0, count: count)
        for _ in 0..<500 {
            let index = random.integer(below: count)
            // Whole numbers, whose sums are exact.
            weights[index] = Double(random.integer(below: 5))
            tree[index] = weights[index]
            let total = weights.reduce(0, +)
            #expect(tree.total == total && tree[index] == weights[index])
            guard total > 0 else { continue }
            let share = random.unitDouble() * total
            var sum = 0.0
            let expected = weights.firstIndex { weight in
                sum += weight
                return sum > share
            }
            #expect(tree.index(at: share) == expected)
        }
        tree.removeAll()
        #expect(tree.total == 0)
    }

    @Test("no rounding error gathers over a million changes")
    func drift() throws {
        var random = RandomGenerator(seed: 1)
        var tree = try SumTree(count: 1_000)
        for _ in 0..<1_000_000 {
            tree[random.integer(below: 1_000)] = random.unitDouble() * 1e9
        }
        var last: [Double] = []
        for index in 0..<1_000 {
            tree[index] = random.unitDouble() * 1e-9
            last.append(tree[index])
        }
        let fresh = try self.tree(last)
        #expect(tree.total == fresh.total)
        let shares = (0..<1_000).map { Double($0) / 1_000 * fresh.total }
        #expect(shares.allSatisfy { tree.index(at: $0) == fresh.index(at: $0) })
    }

    @Test("what is no weight is refused")
    func refused() async {
        await #expect(processExitsWith: .failure) { try set(.nan) }
        await #expect(processExitsWith: .failure) { try set(-1) }
        await #expect(processExitsWith: .failure) { try set(.infinity) }
    }

    private func tree(_ weights: [Double]) throws -> SumTree {
        var tree = try SumTree(count: weights.count)
        for (index, weight) in weights.enumerated() { tree[index] = weight }
        return tree
    }
}

private func set(_ weight: Double) throws {
    var tree = try SumTree(count: 3)
    tree[1] = weight
}
