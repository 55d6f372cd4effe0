import Environments
import Frames
import RandomNumbers
import Testing

/// What holds for every built-in environment.
@Suite(.timeLimit(.minutes(5))) struct BuiltInTests {
    private static let catalog = EnvironmentCatalog(python: nil)
    static let ids = [
        "catch", "cartpole", "routes", "frozen-lake", "acrobot", "mountain-car",
        "minatar/breakout", "minatar/space-invaders", "minatar/freeway", "minatar/asterix",
        "minatar/seaquest",
    ]

    private func make(_ id: String, seed: UInt64) throws -> any Environment {
        try Self.catalog.make(id, generator: RandomGenerator(seed: seed))
    }

    @Test("the same seed gives the same games to the bit, another seed other ones", arguments: ids)
    func seeds(id: String) throws {
        var one = try make(id, seed: 5)
        var same = try make(id, seed: 5)
        var other = try make(id, seed: 6)
        let played = try one.playRandomly(300, seed: 1)
        #expect(try same.playRandomly(300, seed: 1) == played)
        // `routes` has no randomness.
        #expect((try other.playRandomly(300, seed: 1) == played) == (id == "routes"))
    }

    @Test("a reset goes on in the randomness and does not begin it anew")
    func resetsDiffer() throws {
        for id in ["catch", "cartpole"] {
            var environment = try make(id, seed: 5)
            let firsts = try (0..<20).map { _ in try environment.begin().frame }
            #expect(Set(firsts).count > 3)
        }
    }

    @Test("a restored snapshot goes on to the bit, in the middle of an episode", arguments: ids)
    func snapshots(id: String) throws {
        var original = try make(id, seed: 7)
        _ = try original.begin()
        if id != "routes" {
            _ = try original.play(0)
        }
        let snapshot = try original.snapshot()
        let rest = try continueRandomly(&original, 200, seed: 2)
        var restored = try make(id, seed: 999)
        try restored.restore(snapshot)
        #expect(try continueRandomly(&restored, 200, seed: 2) == rest)
    }

    @Test("what is no snapshot is refused and changes nothing", arguments: ids)
    func wrongSnapshots(id: String) throws {
        var environment = try make(id, seed: 8)
        _ = try environment.begin()
        let before = try environment.snapshot()
        for wrong in [[], Array("{}".utf8), Array(before.dropLast(2))] {
            #expect(throws: EnvironmentError.self) { try environment.restore(wrong) }
        }
        #expect(try environment.snapshot() == before)
    }

    @Test("a snapshot of other options is refused")
    func otherOptions() throws {
        let small = try Self.catalog.make("frozen-lake", generator: RandomGenerator(seed: 1))
        var large = try Self.catalog.make(
            "frozen-lake",
            options: ["map": "8x8"],
            generator: RandomGenerator(seed: 1)
        )
        let snapshot = try small.snapshot()
        #expect(throws: EnvironmentError.self) { try large.restore(snapshot) }
    }

    @Test("every frame has the announced size and there is a picture of it", arguments: ids)
    func frames(id: String) throws {
        var environment = try make(id, seed: 9)
        let played = try environment.playRandomly(50, seed: 3)
        let byteCount = environment.specification.observation.frameByteCount
        #expect(played.allSatisfy { $0.frame.count == byteCount })
        let picture = try #require(environment.rendered())
        #expect(picture.height >= 80 && picture.width >= 80)
        #expect(Set(picture.bytes).count > 1)
    }

    @Test("a step before the first reset or after the end is a caller's mistake")
    func stepsOutsideEpisodes() async {
        await #expect(processExitsWith: .failure) {
            var environment = try EnvironmentCatalog(python: nil)
                .make("catch", generator: RandomGenerator(seed: 1))
            _ = try environment.play(0)
        }
        await #expect(processExitsWith: .failure) {
            var environment = try EnvironmentCatalog(python: nil)
                .make("catch", generator: RandomGenerator(seed: 1))
            _ = try environment.begin()
            for _ in 0..<10 {
                _ = try environment.play(0)
            }
        }
    }
}
