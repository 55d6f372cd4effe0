import DeepQLearning
import NeuralNetworks
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct AgentViewTests {
    @Test(
        "a greedy action is the best of the values shown, and a random one is said to be random",
        arguments: [0, 1] as [Float],
        LearningSchedule.allCases
    )
    func choices(epsilon: Float, schedule: LearningSchedule) async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder)
        let specification = JobSpecification.endlessCatch(epsilon: epsilon, schedule: schedule)
        _ = try await scheduler.submit(specification, id: "job")
        let job = try #require(await scheduler.job("job"))
        var views = 0
        var updates = 0
        while views < 200, await !job.record.state.isEnd {
            guard let view = await job.view() else {
                await Task.yield()
                continue
            }
            views += 1
            updates = await job.record.progress.gradientUpdates
            #expect(view.isGreedy == (epsilon == 0) && !view.observations.isEmpty)
            #expect(view.qValues.count == 3 && view.reward != nil)
            let action = try #require(view.action)
            if epsilon == 0 { #expect(view.qValues[action] == view.qValues.max()) }
        }
        #expect(views == 200 && updates > 0)
        _ = await scheduler.shutDown(reason: "end of test")
    }
}

extension JobSpecification {
    /// A job of the game Catch, with updates that move the values at each step.
    fileprivate static func endlessCatch(
        epsilon: Float,
        schedule: LearningSchedule
    ) -> JobSpecification {
        var constants = DQNHyperparameters()
        constants.schedule = schedule
        constants.network = .mlp(16)
        constants.batchSize = 4
        constants.replayCapacityFrames = 500
        constants.learningStartsAgentSteps = 10
        constants.updatePeriodAgentSteps = 1
        constants.exploration = ExplorationSchedule(
            initialEpsilon: epsilon,
            finalEpsilon: epsilon,
            decayStartAgentSteps: 0,
            decayAgentSteps: 1
        )
        var job = JobSpecification(name: "catch", environment: "catch", algorithm: .dqn(constants))
        job.totalAgentSteps = 1_000_000_000
        return job
    }
}
