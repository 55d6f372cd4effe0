import BackgroundQueues
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct ScheduleTests {
    @Test(
        "both schedules agree to the bit with their definition, on any number of cores",
        arguments: LearningSchedule.allCases,
        1...3
    )
    func definition(schedule: LearningSchedule, cores: Int) throws {
        let pool = ComputePool(width: cores)
        for variant in variants(schedule) {
            let agent = try makeAgent { $0 = variant }
            let reference = try ReferenceAgent(variant)
            var world = World(seed: 3, environments: variant.environmentCount)
            var other = world
            for _ in 0..<400 {
                _ = try world.step(agent, pool: pool)
                _ = try other.step(reference)
            }
            // A target update may be due when the round is taken in.
            _ = try agent.finishLearning()
            #expect(world.actions == other.actions)
            let snapshot = try AgentSnapshot(of: agent)
            #expect(snapshot.online == reference.online)
            #expect(snapshot.target == reference.target)
            #expect(agent.policySnapshot() == reference.policySnapshot())
        }
    }

    @Test("what an overlapped agent does is not what a sequential one does")
    func difference() throws {
        let actions = try LearningSchedule.allCases.map { schedule in
            let agent = try makeAgent { $0 = variants(schedule)[0] }
            var world = World(seed: 3)
            for _ in 0..<400 { _ = try world.step(agent) }
            return world.actions
        }
        #expect(actions[0] != actions[1])
    }

    @Test("looking at an overlapped agent, or letting it rest, changes nothing of its run")
    func disturbance() throws {
        for variant in variants(.overlapped) {
            let undisturbed = try makeAgent { $0 = variant }
            let disturbed = try makeAgent { $0 = variant }
            var world = World(seed: 4, environments: variant.environmentCount)
            var other = world
            var random = RandomGenerator(seed: 1)
            for _ in 0..<300 {
                _ = try world.step(undisturbed, pool: ComputePool(width: 2))
                _ = try other.step(disturbed, pool: ComputePool(width: 3))
                switch random.integer(below: 8) {
                case 0: _ = disturbed.policySnapshot()
                case 1:
                    let state = disturbed.newestState()
                    _ = disturbed.qValues(of: state, pool: ComputePool(width: 2))
                case 2: disturbed.rest()
                case 3: _ = try AgentSnapshot(of: disturbed)
                default: break
                }
            }
            #expect(try AgentSnapshot(of: undisturbed) == AgentSnapshot(of: disturbed))
            #expect(world.actions == other.actions)
        }
    }

    @Test("an overlapped agent given a snapshot from within a round goes on to the bit")
    func resume() throws {
        for variant in variants(.overlapped) {
            let first = try makeAgent { $0 = variant }
            var world = World(seed: 2, environments: variant.environmentCount)
            let pool = ComputePool(width: 2)
            for _ in 0..<100 { _ = try world.step(first, pool: pool) }
            for _ in 0..<9 {
                _ = try world.step(first, pool: pool)
                let second = try makeAgent(seed: 77) { $0 = variant }
                let snapshot = try AgentSnapshot(of: first)
                try snapshot.restore(second)
                #expect(try AgentSnapshot(of: second) == snapshot)
                let third = try makeAgent { $0 = variant }
                try snapshot.restore(third)
                var (one, other) = (world, world)
                for _ in 0..<60 {
                    let outcome = try one.step(second, pool: pool)
                    #expect(try other.step(third) == outcome)
                }
                #expect(one.actions == other.actions)
                #expect(try AgentSnapshot(of: second) == AgentSnapshot(of: third))
            }
        }
    }

    @Test("what a round saw is taken in when the next is due, and counted then")
    func lag() throws {
        let sequential = try makeAgent { $0 = variants(.sequential)[0] }
        let overlapped = try makeAgent { $0 = variants(.overlapped)[0] }
        var world = World(seed: 1)
        var other = world
        var last: LearningSummary?
        for step in 1...100 {
            _ = try world.step(sequential)
            let summary = try other.step(overlapped, pool: ComputePool(width: 2))
            // Updates begin at 12, each fourth step, and come in at 16, each fourth step.
            #expect((summary != nil) == (step >= 16 && step.isMultiple(of: 4)))
            #expect(overlapped.counts.gradientUpdates == max(0, step / 4 - 3))
            #expect(overlapped.policySnapshot().gradientUpdates == max(0, step / 4 - 2))
            if let summary { last = summary }
        }
        let finished = try overlapped.finishLearning()
        #expect(finished != nil && finished != last)
        #expect(try overlapped.finishLearning() == nil)
        #expect(overlapped.counts == sequential.counts)
    }

    @Test("a loss that is no number in the background stops the agent at the next round")
    func divergence() throws {
        var updates: [Int] = []
        for schedule in LearningSchedule.allCases {
            let agent = try makeAgent { hyperparameters in
                hyperparameters = variants(schedule)[1]
                var rule = RMSProp()
                rule.learningRate = 1e30
                hyperparameters.optimizer = .rmsprop(rule)
                hyperparameters.loss = .squared
            }
            var world = World(seed: 1)
            let error = #expect(throws: AgentError.self) {
                for _ in 0..<500 { _ = try world.step(agent, pool: ComputePool(width: 2)) }
            }
            guard case .diverged(let number, let loss) = error else {
                Issue.record("expected a divergence, got \(String(describing: error))")
                return
            }
            #expect(!loss.isFinite)
            #expect(agent.counts.gradientUpdates == number)
            updates.append(number)
        }
        #expect(updates[0] == updates[1])
    }

    @Test("a round too large to be drawn beforehand is refused, unless it is made at once")
    func largeRounds() throws {
        func make(_ schedule: LearningSchedule) throws {
            _ = try makeAgent { hyperparameters in
                hyperparameters.schedule = schedule
                hyperparameters.batchSize = 4_096
                hyperparameters.updatesPerPeriod = 100_000
            }
        }
        try make(.sequential)
        #expect(throws: AgentError.self) { try make(.overlapped) }
    }

    @Test("an agent that is let go in the midst of a round ends it")
    func release() throws {
        for steps in 12..<40 {
            var agent: DQNAgent? = try makeAgent { hyperparameters in
                hyperparameters = variants(.overlapped)[1]
                hyperparameters.updatesPerPeriod = 1_000
            }
            weak let released = agent
            var world = World(seed: 1)
            for _ in 0..<steps {
                if let agent { _ = try world.step(agent, pool: ComputePool(width: 2)) }
            }
            agent = nil
            #expect(released == nil)
        }
    }

    /// Constants in which rounds and target updates fall together and apart, in both units, in one
    /// world and in several, whose steps divide the periods or do not.
    private func variants(_ schedule: LearningSchedule) -> [DQNHyperparameters] {
        let periods: [(steps: Int, updates: Int, target: TargetUpdatePeriod, worlds: Int)] = [
            (4, 1, .agentSteps(20), 1), (4, 3, .agentSteps(7), 1), (1, 2, .updates(5), 1),
            (10, 4, .agentSteps(3), 1), (3, 1, .updates(4), 1), (4, 1, .agentSteps(20), 4),
            (4, 2, .agentSteps(20), 3), (2, 1, .updates(3), 5), (9, 2, .agentSteps(7), 2),
        ]
        return periods.map { period in
            var hyperparameters = DQNHyperparameters.small
            hyperparameters.schedule = schedule
            hyperparameters.updatePeriodAgentSteps = period.steps
            hyperparameters.updatesPerPeriod = period.updates
            hyperparameters.targetUpdatePeriod = period.target
            hyperparameters.stepsPerTransition = period.updates == 3 ? 3 : 1
            hyperparameters.environmentCount = period.worlds
            hyperparameters.bootstrapRule =
                period.steps == 10 || period.worlds == 5 ? .double : .max
            // The replay memory drops its oldest frames within 100 steps.
            if period.updates != 1 || period.worlds == 4 {
                hyperparameters.replaySampling = .proportional
                hyperparameters.prioritization.importanceGrowthAgentSteps = 200
            }
            // Fast enough for every update to matter to the actions.
            var rule = Adam()
            rule.learningRate = 0.01
            hyperparameters.optimizer = .adam(rule)
            // A step within a limit goes another way.
            hyperparameters.maxGradientNorm = period.updates == 4 ? 0.5 : 0
            if period.steps == 3 { hyperparameters.head.dueling = .separate }
            switch (period.steps, period.updates) {
            case (1, 2), (9, 2): hyperparameters.head.kind = .categorical
            case (3, 1): hyperparameters.head.kind = .quantile
            default: break
            }
            if period.worlds == 3 || period.steps == 9 {
                hyperparameters.bootstrapRule = .munchausen
            }
            if period.worlds == 5 { hyperparameters.head.kind = .implicitQuantile }
            hyperparameters.head.isNoisy = period.updates == 4 || period.steps == 9
            hyperparameters.head.quantileCount = 9
            hyperparameters.head.embedding.cosineCount = 7
            return hyperparameters
        }
    }
}
