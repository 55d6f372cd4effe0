import Foundation
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct RandomGeneratorTests {
    @Test("the sequence of a seed never changes")
    func knownSequence() {
        // From the authors' xoshiro256starstar.c and splitmix64.c, run with seed 42.
        var generator = RandomGenerator(seed: 42)
        #expect(
            (0..<4).map { _ in generator.next() } == [
                1_546_998_764_402_558_742, 6_990_951_692_964_543_102,
                12_544_586_762_248_559_009, 17_057_574_109_182_124_193,
            ]
        )
    }

    @Test("a generator written down and read back goes on where it was")
    func codable() throws {
        var generator = RandomGenerator(seed: 7)
        _ = generator.next()
        let written = try JSONEncoder().encode(generator)
        var restored = try JSONDecoder().decode(RandomGenerator.self, from: written)
        #expect(restored == generator)
        #expect(restored.next() == generator.next())
    }

    @Test("every number of an interval comes equally often", arguments: [1, 2, 3, 7, 18, 100])
    func integers(bound: Int) {
        var generator = RandomGenerator(seed: 1)
        var counts = [Int](repeating: 0, count: bound)
        let draws = 10_000 * bound
        for _ in 0..<draws {
            counts[generator.integer(below: bound)] += 1
        }
        // 10,000 expected in each cell with a deviation of at most 100: six of them is 600.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 600 })
    }

    @Test("unit numbers stay below one and average one half")
    func unitNumbers() {
        var generator = RandomGenerator(seed: 3)
        var sum = 0.0
        for _ in 0..<100_000 {
            let single = generator.unitFloat()
            let double = generator.unitDouble()
            #expect((0..<1).contains(single) && (0..<1).contains(double))
            sum += Double(single) + double
        }
        #expect(abs(sum / 200_000 - 0.5) < 0.005)
    }

    @Test("streams of other names and other seeds share nothing")
    func streams() {
        let names = ["initialization", "policy", "replay", "environment"]
        var firsts = Set<UInt64>()
        for seed in 0..<50 as Range<UInt64> {
            for name in names {
                var generator = RandomStreams(seed: seed).generator(named: name)
                firsts.insert(generator.next())
            }
        }
        #expect(firsts.count == 200)
        #expect(
            RandomStreams(seed: 5).streams(named: "0") != RandomStreams(seed: 5).streams(named: "1")
        )
    }
}
