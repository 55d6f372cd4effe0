import DeepQLearning
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct ExplorationTests {
    @Test("ε falls in a straight line from its start to its end, and stays there")
    func schedule() {
        let schedule = ExplorationSchedule()
        let expected: [(Int, Float)] = [
            (0, 1), (50_000, 1), (550_000, 0.55), (1_050_000, 0.1), (50_000_000, 0.1),
        ]
        for (steps, epsilon) in expected {
            #expect(abs(schedule.epsilon(afterAgentSteps: steps) - epsilon) < 1e-6)
        }
    }

    @Test("a decay of no steps falls at once")
    func sudden() {
        let schedule = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.1,
            decayStartAgentSteps: 10,
            decayAgentSteps: 0
        )
        #expect(schedule.epsilon(afterAgentSteps: 10) == 1)
        #expect(schedule.epsilon(afterAgentSteps: 11) == 0.1)
    }

    @Test("of equal Q-values each action is taken equally often, and no other")
    func ties() {
        var random = RandomGenerator(seed: 4)
        var counts = [0, 0, 0, 0]
        for _ in 0..<30_000 {
            counts[EpsilonGreedy.greedyAction(([2, 1, 2, 2] as [Float]).span, using: &random)] += 1
        }
        #expect(counts[1] == 0)
        #expect([0, 2, 3].allSatisfy { abs(counts[$0] - 10_000) < 500 })
    }

    @Test("an action is explored with probability ε, each equally often")
    func exploration() {
        var random = RandomGenerator(seed: 4)
        var counts = [Int: Int]()
        for _ in 0..<40_000 {
            let action = EpsilonGreedy.exploratoryAction(
                epsilon: 0.25,
                actionCount: 2,
                using: &random
            )
            counts[action ?? -1, default: 0] += 1
        }
        #expect(abs((counts[-1] ?? 0) - 30_000) < 600)
        #expect(abs((counts[0] ?? 0) - 5_000) < 400 && abs((counts[1] ?? 0) - 5_000) < 400)
        for epsilon in [Float(0), 1] {
            let explores =
                EpsilonGreedy.exploratoryAction(epsilon: epsilon, actionCount: 2, using: &random)
                != nil
            #expect(explores == (epsilon == 1))
        }
    }
}
