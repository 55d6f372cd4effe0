import BackgroundQueues
import DeepQLearning
import NeuralNetworks
import RandomNumbers
import Testing

/// A round of updates may take long: whoever waits for the agent interrupts it.
@Suite(.timeLimit(.minutes(5))) struct InterruptionTests {
    private static let rounds: [(updates: Int, environments: Int, target: TargetUpdatePeriod)] = [
        (6, 1, .agentSteps(20)), (5, 3, .updates(4)),
    ]

    @Test(
        "a round interrupted after each update, and restored there, goes on to the bit",
        arguments: LearningSchedule.allCases,
        1...2
    )
    func interruption(schedule: LearningSchedule, cores: Int) throws {
        let pool = ComputePool(width: cores)
        for variant in variants(schedule) {
            let undisturbed = try makeAgent { $0 = variant }
            var interrupted = try makeAgent(isInterrupted: true) { $0 = variant }
            var world = World(seed: 5, environments: variant.environmentCount)
            var other = world
            var interruptions = 0
            for step in 0..<120 {
                let expected = try world.step(undisturbed, pool: pool)
                var outcome = try other.step(interrupted, pool: pool)
                while interrupted.isLearning {
                    #expect(outcome == nil)
                    interruptions += 1
                    if step > 60 {
                        let next = try makeAgent(seed: 77, isInterrupted: true) { $0 = variant }
                        try AgentSnapshot(of: interrupted).restore(next)
                        interrupted = next
                    }
                    outcome = try interrupted.learn(pool: pool)
                }
                #expect(outcome == expected)
            }
            if schedule == .sequential { #expect(interruptions > 100) }
            #expect(world.actions == other.actions)
            #expect(try AgentSnapshot(of: undisturbed) == AgentSnapshot(of: interrupted))
        }
    }

    @Test("what is acted on can be had in the midst of a round, without waiting for it")
    func actingSnapshot() throws {
        let agent = try makeAgent(isInterrupted: true) { $0 = variants(.overlapped)[0] }
        var world = World(seed: 1)
        while agent.counts.gradientUpdates == 0 { _ = try world.step(agent) }
        let (acting, newest) = (agent.actingSnapshot(), agent.policySnapshot())
        #expect(newest.gradientUpdates == acting.gradientUpdates + 6)
        #expect(newest != acting)
        _ = try agent.finishLearning()
        #expect(agent.actingSnapshot() == newest)
    }

    @Test("a round that was interrupted is given up when there are no more steps")
    func end() throws {
        let agent = try makeAgent(isInterrupted: true) { $0 = variants(.sequential)[0] }
        var world = World(seed: 1)
        while !agent.isLearning { _ = try world.step(agent) }
        let made = try #require(try agent.finishLearning())
        #expect(made.updates == 1)
        #expect(!agent.isLearning)
        #expect(agent.counts.gradientUpdates == 1)
    }

    private func variants(_ schedule: LearningSchedule) -> [DQNHyperparameters] {
        Self.rounds.map { round in
            var hyperparameters = DQNHyperparameters.small
            hyperparameters.schedule = schedule
            hyperparameters.updatesPerPeriod = round.updates
            hyperparameters.environmentCount = round.environments
            hyperparameters.targetUpdatePeriod = round.target
            return hyperparameters
        }
    }
}
