import BackgroundQueues
import DeepQLearning
import NeuralNetworks
import Testing

/// What targets of several steps are good for.
@Suite(.timeLimit(.minutes(5))) struct NStepTests {
    @Test("a reward at a chain's end reaches its beginning in a third of the updates")
    func chain() throws {
        let updates = try [1, 3].map { try updatesUntilTheFirstStateIsWorthHalf(steps: $0) }
        #expect(updates[1] * 2 < updates[0], "\(updates)")
    }

    /// Walks a chain of ten states, whose last step alone is rewarded, again and again.
    private func updatesUntilTheFirstStateIsWorthHalf(steps: Int) throws -> Int {
        let agent = try makeAgent { hyperparameters in
            hyperparameters.network = [.dense(units: 32, activation: .relu)]
            hyperparameters.batchSize = 32
            hyperparameters.learningStartsAgentSteps = 50
            hyperparameters.updatePeriodAgentSteps = 1
            hyperparameters.targetUpdatePeriod = .updates(20)
            hyperparameters.stepsPerTransition = steps
            hyperparameters.lossReduction = .mean
            var rule = Adam()
            rule.learningRate = 0.003
            hyperparameters.optimizer = .adam(rule)
        }
        let pool = ComputePool(width: 1)
        func frame(_ state: Int) -> [UInt8] { [UInt8(state * 25), UInt8(255 - state * 25), 255] }
        for _ in 0..<2_000 {
            agent.beginEpisode(frame(0).span, environment: 0)
            let value = agent.qValues(of: agent.newestState(), pool: pool).max() ?? 0
            if value > 0.5, agent.counts.gradientUpdates > 0 { return agent.counts.gradientUpdates }
            for state in 1...10 {
                let isLast = state == 10
                let action = agent.selectActions(pool: pool)[0]
                agent.record(
                    action: action,
                    reward: isLast ? 1 : 0,
                    isTerminal: isLast,
                    frame: frame(state).span,
                    environment: 0
                )
                _ = try agent.learn(pool: pool)
            }
        }
        return .max / 4
    }
}
