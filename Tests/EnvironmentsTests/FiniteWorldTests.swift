import Environments
import Foundation
import RandomNumbers
import Testing

/// The worlds whose states can be counted.
@Suite(.timeLimit(.minutes(5))) struct FiniteWorldTests {
    @Test("routes: the early reward misleads, the sum does not")
    func routes() throws {
        var world: any Environment = Routes()
        let spec = world.specification.observation
        #expect(spec.stateCount == 4 && spec.frameByteCount == 16 && spec.shape == [4])
        for (first, rewards, between) in [(0, [1, 10] as [Float], 1), (1, [5, -1], 2)] {
            for second in 0..<2 {
                let start = try world.begin()
                let middle = try world.play(first)
                let end = try world.play(second)
                #expect([middle.step.reward, end.step.reward] == rewards)
                #expect(
                    [start, middle, end].map { spec.state(of: $0) } == [
                        0, between, 3,
                    ]
                )
                #expect(middle.step.discount == 1 && middle.step.episodeEnd == nil)
                #expect(end.step.discount == 0 && end.step.episodeEnd == .terminated)
            }
        }
    }

    struct Lake: Decodable {
        let map: String
        let slippery: Bool
        let transitions: [[[Row]]]

        struct Row: Decodable {
            let transition: (probability: Double, state: Int, reward: Double, isTerminal: Bool)

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                transition = (
                    try container.decode(Double.self), try container.decode(Int.self),
                    try container.decode(Double.self), try container.decode(Bool.self)
                )
            }
        }
    }

    private func lakes() throws -> [Lake] {
        try JSONDecoder().decode([Lake].self, from: Fixture.data("Environments/frozen_lake.json"))
    }

    private func lake(
        _ map: String,
        slippery: Bool,
        seed: UInt64 = 1
    ) throws -> FrozenLake {
        try FrozenLake(
            options: ["map": .text(map), "slippery": .boolean(slippery)],
            generator: RandomGenerator(seed: seed)
        )
    }

    @Test("frozen-lake: every transition of every map is Gymnasium's")
    func transitions() throws {
        let lakes = try lakes()
        try #require(lakes.count == 4)
        for theirs in lakes {
            let mine = try lake(theirs.map, slippery: theirs.slippery)
            for (state, actions) in theirs.transitions.enumerated() {
                for (action, rows) in actions.enumerated() {
                    let transitions = mine.transitions(from: state, by: action)
                    try #require(transitions.count == rows.count)
                    for (one, row) in zip(transitions, rows) {
                        #expect(abs(one.probability - row.transition.probability) < 1e-15)
                        #expect(one.state == row.transition.state)
                        #expect(Double(one.reward) == row.transition.reward)
                        #expect(one.isTerminal == row.transition.isTerminal)
                    }
                }
            }
        }
    }

    @Test("frozen-lake: the steps played follow the table", arguments: [true, false])
    func samples(slippery: Bool) throws {
        var world = try lake("4x4", slippery: slippery, seed: 4)
        let spec = world.specification.observation
        var random = RandomGenerator(seed: 5)
        var counts: [[Int]: Int] = [:]
        var tries: [[Int]: Int] = [:]
        var state = spec.state(of: try world.begin())
        for _ in 0..<60_000 {
            let action = random.integer(below: 4)
            let played = try world.play(action)
            let next = spec.state(of: played)
            counts[[state, action, next], default: 0] += 1
            tries[[state, action], default: 0] += 1
            let matching = world.transitions(from: state, by: action).first { $0.state == next }
            let transition = try #require(matching)
            #expect(played.step.reward == transition.reward)
            #expect((played.step.discount == 0) == transition.isTerminal)
            state = next
            if played.step.episodeEnd != nil {
                state = spec.state(of: try world.begin())
            }
        }
        for (key, count) in counts {
            let expected = world.transitions(from: key[0], by: key[1])
                .filter { $0.state == key[2] }.map(\.probability).reduce(0, +)
            let all = Double(tries[Array(key[..<2])] ?? 0)
            // Five standard deviations.
            let tolerance = 5 * (all * expected * (1 - expected)).squareRoot() + 1e-9
            #expect(abs(Double(count) - all * expected) <= tolerance, "\(key)")
        }
    }

    @Test("frozen-lake: the best policy of the table reaches the goal in 74 % of 10,000 episodes")
    func optimum() throws {
        var world = try lake("4x4", slippery: true, seed: 6)
        let spec = world.specification.observation
        var values = [Double](repeating: 0, count: 16)
        func value(_ state: Int, _ action: Int) -> Double {
            world.transitions(from: state, by: action).reduce(0) {
                $0 + $1.probability * (Double($1.reward) + ($1.isTerminal ? 0 : values[$1.state]))
            }
        }
        for _ in 0..<2000 {
            values = (0..<16).map { state in (0..<4).map { value(state, $0) }.max() ?? 0 }
        }
        let policy = (0..<16).map { state in
            (0..<4).max { value(state, $0) < value(state, $1) - 1e-9 } ?? 0
        }
        var successes: Float = 0
        var timeOuts = 0
        for _ in 0..<10_000 {
            var played = try world.begin()
            while played.step.episodeEnd == nil {
                played = try world.play(policy[spec.state(of: played)])
                successes += played.step.reward
            }
            if played.step.episodeEnd == .truncated {
                timeOuts += 1
                #expect(played.step.discount == 1)
            }
        }
        print("frozen-lake: success rate \(successes / 10_000), \(timeOuts) time-outs")
        #expect((0.71...0.77).contains(successes / 10_000))
        #expect(timeOuts > 0)
    }
}
