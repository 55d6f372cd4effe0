import BackgroundQueues
import DeepQLearning
import NeuralNetworks
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct DQNAgentTests {
    @Test("updates come every few agent steps, from the first step of learning on")
    func updateCounts() throws {
        let agent = try makeAgent { hyperparameters in
            hyperparameters.learningStartsAgentSteps = 20
            hyperparameters.updatePeriodAgentSteps = 4
            hyperparameters.updatesPerPeriod = 3
        }
        var world = World(seed: 1)
        for step in 1...203 {
            let summary = try world.step(agent)
            #expect((summary != nil) == (step >= 20 && step % 4 == 0))
            #expect(agent.counts.agentSteps == step)
            #expect(agent.counts.gradientUpdates == (step < 20 ? 0 : (step / 4 - 4) * 3))
        }
    }

    @Test(
        "agent steps of all environments count for updates and the target network",
        arguments: 1...9
    )
    func severalEnvironments(count: Int) throws {
        let agent = try makeAgent { hyperparameters in
            hyperparameters.environmentCount = count
            hyperparameters.learningStartsAgentSteps = 20
            hyperparameters.updatePeriodAgentSteps = 4
            hyperparameters.updatesPerPeriod = 2
            hyperparameters.targetUpdatePeriod = .agentSteps(30)
        }
        var world = World(seed: 1, environments: count)
        var before = try AgentSnapshot(of: agent).target
        for round in 1...60 {
            _ = try world.step(agent)
            let steps = round * count
            #expect(agent.counts.agentSteps == steps)
            #expect(agent.counts.gradientUpdates == (steps < 20 ? 0 : (steps / 4 - 4) * 2))
            let target = try AgentSnapshot(of: agent).target
            #expect((target != before) == (steps >= 30 && steps / 30 > (steps - count) / 30))
            before = target
        }
        #expect(agent.replaySize <= 100)
    }

    @Test("the target network follows in the unit that was asked for", arguments: [false, true])
    func targetUnits(countsUpdates: Bool) throws {
        let agent = try makeAgent { hyperparameters in
            hyperparameters.learningStartsAgentSteps = 8
            hyperparameters.updatePeriodAgentSteps = 2
            hyperparameters.targetUpdatePeriod = countsUpdates ? .updates(10) : .agentSteps(10)
        }
        var world = World(seed: 1)
        var followed: [Int] = []
        var before = try AgentSnapshot(of: agent).target
        for step in 1...60 {
            _ = try world.step(agent)
            let target = try AgentSnapshot(of: agent).target
            if target != before {
                followed.append(step)
                before = target
            }
        }
        // Updates come at 8, 10, …: the tenth at 26.
        #expect(followed == (countsUpdates ? [26, 46] : [10, 20, 30, 40, 50, 60]))
    }

    @Test("the same seed gives the same run to the bit, another seed another")
    func sameSeed() throws {
        var snapshots: [AgentSnapshot] = []
        for seed in [5, 5, 6] as [UInt64] {
            let agent = try makeAgent(seed: seed)
            var world = World(seed: 9)
            for _ in 0..<300 { _ = try world.step(agent) }
            snapshots.append(try AgentSnapshot(of: agent))
        }
        #expect(snapshots[0] == snapshots[1])
        #expect(snapshots[0].online != snapshots[2].online)
    }

    @Test("an agent given a snapshot goes on as the one it was taken from")
    func resume() throws {
        let first = try makeAgent(seed: 3)
        var world = World(seed: 2)
        for _ in 0..<157 { _ = try world.step(first) }
        let second = try makeAgent(seed: 77)
        try AgentSnapshot(of: first).restore(second)
        var other = world
        for _ in 0..<200 {
            _ = try world.step(first)
            _ = try other.step(second)
        }
        #expect(try AgentSnapshot(of: first) == AgentSnapshot(of: second))
        #expect(first.epsilon == second.epsilon)
    }

    @Test("rewards are clipped for learning where that is asked for")
    func clipping() throws {
        for clips in [true, false] {
            let agent = try makeAgent { $0.clipsRewards = clips }
            agent.beginEpisode(World.frame(1).span)
            agent.record(action: 0, reward: 7, isTerminal: true, frame: World.frame(2).span)
            let other = try makeAgent { $0.clipsRewards = clips }
            other.beginEpisode(World.frame(1).span)
            other.record(action: 0, reward: 1, isTerminal: true, frame: World.frame(2).span)
            let snapshots = try (AgentSnapshot(of: agent), AgentSnapshot(of: other))
            #expect((snapshots.0 == snapshots.1) == clips)
        }
    }

    @Test("a loss that is no number stops the agent with its reason")
    func divergence() throws {
        let agent = try makeAgent { hyperparameters in
            var rule = RMSProp()
            rule.learningRate = 1e30
            hyperparameters.optimizer = .rmsprop(rule)
            hyperparameters.loss = .squared
        }
        var world = World(seed: 1)
        let error = #expect(throws: AgentError.self) {
            for _ in 0..<500 { _ = try world.step(agent) }
        }
        guard case .diverged = error else {
            Issue.record("expected a divergence, got \(String(describing: error))")
            return
        }
    }

    @Test("a replay memory too small for one transition is refused")
    func smallReplay() {
        let error = #expect(throws: AgentError.self) {
            _ = try makeAgent { $0.replayCapacityFrames = 2 }
        }
        guard case .hyperparameters(let reason) = error else {
            Issue.record("refused with \(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix("replay_capacity_frames "))
    }
}
