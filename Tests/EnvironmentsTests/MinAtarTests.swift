import Environments
import Foundation
import RandomNumbers
import Testing

/// Against the package MinAtar (Fixtures/MinAtar, or the folder that MINATAR_FIXTURES names).
@Suite(.timeLimit(.minutes(5))) struct MinAtarTests {
    /// What the package's games did; see make_fixtures.py.
    struct Record: Decodable {
        let environment: String
        let minimal_actions: [Int]
        let actions: String
        let chances: String
        let rewards: [[Int]]
        let ends: [Int]
        let checksums: String
    }

    /// What the package drew, in that order.
    struct Script: ChanceSource {
        var drawn: [Int]
        var next = 0

        mutating func occurs(_ probability: Double) -> Bool {
            integer(below: 2) == 1
        }

        mutating func integer(below bound: Int) -> Int {
            precondition(next < drawn.count, "the package drew less often")
            precondition((0..<bound).contains(drawn[next]), "the package drew from more numbers")
            next += 1
            return drawn[next - 1]
        }
    }

    private func record(of name: String) throws -> Record {
        let folder =
            ProcessInfo.processInfo.environment["MINATAR_FIXTURES"]
            .map { URL(filePath: $0) } ?? Fixture.folder.appending(path: "MinAtar")
        let data = try Data(contentsOf: folder.appending(path: name + ".json"))
        return try JSONDecoder().decode(Record.self, from: data)
    }

    @Test("Breakout is the package's in every observation, reward and end")
    func breakout() throws {
        try compare(Breakout.self, with: record(of: "breakout"))
    }

    @Test("Space Invaders is the package's in every observation, reward and end")
    func spaceInvaders() throws {
        try compare(SpaceInvaders.self, with: record(of: "space_invaders"))
    }

    @Test("Freeway is the package's in every observation, reward and end")
    func freeway() throws {
        try compare(Freeway.self, with: record(of: "freeway"))
    }

    @Test("Asterix is the package's in every observation, reward and end")
    func asterix() throws {
        try compare(Asterix.self, with: record(of: "asterix"))
    }

    @Test("Seaquest is the package's in every observation, reward and end")
    func seaquest() throws {
        try compare(Seaquest.self, with: record(of: "seaquest"))
    }

    private static let catalog = EnvironmentCatalog(python: nil)
    static let ids = BuiltInTests.ids.filter { $0.hasPrefix("minatar/") }

    private func make(
        _ id: String,
        _ options: EnvironmentOptions = [:]
    ) throws -> any Environment {
        try Self.catalog.make(id, options: options, generator: RandomGenerator(seed: 3))
    }

    @Test("a restored game goes on as the one it was taken from, wherever that is", arguments: ids)
    func snapshots(id: String) throws {
        var game = try make(id)
        var restored = try make(id)
        var actions = RandomGenerator(seed: 6)
        for steps in stride(from: 0, to: 60, by: 3) {
            var last = try game.begin()
            for _ in 0..<steps where last.step.episodeEnd == nil {
                let count = game.specification.actionNames.count
                last = try game.play(actions.integer(below: count))
            }
            if last.step.episodeEnd != nil { _ = try game.begin() }
            try restored.restore(game.snapshot())
            #expect(restored.rendered() == game.rendered())
            let rest = try continueRandomly(&game, 300, seed: 5)
            #expect(try continueRandomly(&restored, 300, seed: 5) == rest)
        }
    }

    @Test("a cell of a plane is 0 or 255, which the network reads as 0 and 1", arguments: ids)
    func bytes(id: String) throws {
        var game = try make(id)
        let played = try game.playRandomly(1_000, seed: 4)
        #expect(played.reduce(into: Set<UInt8>()) { $0.formUnion($1.frame) } == [0, 255])
        #expect(Float(255) * (1 / 255) == 1)
    }

    @Test("a sticky action is played whatever is asked for, from the first on")
    func stickiness() throws {
        var stuck = try make("minatar/asterix", ["sticky_action_probability": 1])
        var obedient = try make("minatar/asterix", ["sticky_action_probability": 0])
        let start = try stuck.begin().frame[..<100]
        #expect(try obedient.begin().frame[..<100] == start)
        for _ in 0..<4 {
            #expect(try stuck.play(1).frame[..<100] == start)
            _ = try obedient.play(1)
        }
        // From the middle of the board to its left side.
        #expect(try obedient.play(1).frame[..<100].firstIndex(of: 255) == 50)
    }

    @Test("the time limit is a time-out, of 10,000 steps if none is given, and 0 is none")
    func timeLimit() throws {
        // A submarine that never dives.
        let limits: [(EnvironmentOptions, Int)] = [([:], 10_000), (["time_limit_steps": 3], 3)]
        for (options, steps) in limits {
            var game = try make("minatar/seaquest", options)
            _ = try game.begin()
            for step in 1...steps {
                let end: TimeStep.EpisodeEnd? = step == steps ? .truncated : nil
                try #require(game.play(0).step == TimeStep(episodeEnd: end))
            }
        }
        var endless = try make("minatar/seaquest", ["time_limit_steps": 0])
        _ = try endless.begin()
        for _ in 0..<30_000 {
            try #require(endless.play(0).step == TimeStep())
        }
    }

    @Test("Asterix becomes harder after a hundred frames, where it is to")
    func ramping() throws {
        var firstDifferences: [Int] = []
        for seed in 0..<50 {
            var games = try [true, false].map { isRamping in
                try Self.catalog.make(
                    "minatar/asterix",
                    options: ["difficulty_ramping": .boolean(isRamping)],
                    generator: RandomGenerator(seed: UInt64(seed))
                )
            }
            _ = try games[0].begin()
            _ = try games[1].begin()
            for step in 0..<1_000 {
                let played = try games[0].play(0)
                if try games[1].play(0) != played {
                    firstDifferences.append(step)
                    break
                }
                if played.step.episodeEnd != nil { break }
            }
        }
        print("minatar/asterix: differs from step \(firstDifferences.min() ?? 0) on")
        #expect(firstDifferences.count > 5 && firstDifferences.allSatisfy { $0 > 100 })
    }

    private func compare<Rules: MinAtarRules>(_: Rules.Type, with record: Record) throws {
        var game = try MinAtarGame<Rules, Script>(
            options: ["full_action_set": true, "time_limit_steps": 0],
            chances: Script(drawn: digits(record.chances))
        )
        #expect(game.specification.id == record.environment)
        let minimal = try MinAtarGame<Rules, Script>(chances: Script(drawn: []))
        #expect(
            minimal.specification.actionNames
                == record.minimal_actions.map { game.specification.actionNames[$0] }
        )
        let rewards = Dictionary(uniqueKeysWithValues: record.rewards.map { ($0[0], $0[1]) })
        let ends = Set(record.ends)
        var checksums = record.checksums[...]
        var checksum: Substring {
            defer { checksums = checksums.dropFirst(8) }
            return checksums.prefix(8)
        }
        try #require(crc32(of: game.begin().frame) == checksum, "the first observation")
        for (step, action) in digits(record.actions).enumerated() {
            let played = try game.play(action)
            let isOver = ends.contains(step)
            let expected = TimeStep(
                reward: Float(rewards[step] ?? 0),
                discount: isOver ? 0 : 1,
                episodeEnd: isOver ? .terminated : nil
            )
            try #require(played.step == expected, "step \(step)")
            try #require(crc32(of: played.frame) == checksum, "the observation of step \(step)")
            if isOver {
                try #require(crc32(of: game.begin().frame) == checksum, "after step \(step)")
            }
        }
        #expect(checksums.isEmpty)
        print("\(record.environment): \(record.actions.count) steps and \(ends.count) ends agree")
    }

    private func digits(_ text: String) -> [Int] {
        text.utf8.map { Int($0) - 48 }
    }

    /// As zlib computes it, in 8 hexadecimal digits.
    private func crc32(of bytes: [UInt8]) -> String {
        var remainder: UInt32 = .max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 {
                remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xedb8_8320 : 0)
            }
        }
        let digits = String(~remainder, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
