import BackgroundQueues
import DeepQLearning
import NeuralNetworks
import Testing

/// What heads learn of a return that is −1 or 1, each as likely.
@Suite(.timeLimit(.minutes(5))) struct DistributionTests {
    /// An agent that knows a bandit whose first arm brings −1, 1, −1, … and whose others bring 0.
    private func coin(_ change: (inout DQNHyperparameters) -> Void) throws -> DQNAgent {
        var last = Float(1)
        return try bandit(
            rewards: { arm in
                guard arm == 0 else { return 0 }
                last = -last
                return last
            },
            change
        )
    }

    @Test(
        "a categorical head learns both ends and nothing between",
        arguments: DuelingStreams.allCases
    )
    func categorical(dueling: DuelingStreams) throws {
        let agent = try coin {
            $0.head.kind = .categorical
            $0.head.dueling = dueling
            ($0.head.atomCount, $0.head.minimumReturn, $0.head.maximumReturn) = (5, -1, 1)
        }
        let distributions = try #require(
            agent.distributions(of: agent.newestState(), pool: ComputePool(width: 1))
        )
        let expected: [Float] = [0.5, 0, 0, 0, 0.5, 0, 0, 1, 0, 0]
        for (mass, expected) in zip(distributions, expected) {
            #expect(abs(mass - expected) < 0.1, "\(distributions)")
        }
    }

    @Test("quantiles are the order statistics of the returns", arguments: DuelingStreams.allCases)
    func quantiles(dueling: DuelingStreams) throws {
        let agent = try coin {
            $0.head.kind = .quantile
            $0.head.dueling = dueling
            ($0.head.quantileCount, $0.head.huberThreshold) = (4, 0)
            var rule = Adam()
            rule.learningRate = 0.005
            $0.optimizer = .adam(rule)
        }
        let distributions = try #require(
            agent.distributions(of: agent.newestState(), pool: ComputePool(width: 1))
        )
        for (quantile, expected) in zip(distributions, [-1, -1, 1, 1, 0, 0, 0, 0]) {
            #expect(abs(quantile - Float(expected)) < 0.15, "\(distributions)")
        }
    }

    @Test("an implicit quantile head learns both ends", arguments: DuelingStreams.allCases)
    func implicit(dueling: DuelingStreams) throws {
        let agent = try coin {
            $0.network = [.dense(units: 16), .dense(units: 16)]
            $0.head.kind = .implicitQuantile
            $0.head.dueling = dueling
            ($0.head.actingQuantileCount, $0.head.huberThreshold) = (4, 0)
            $0.head.embedding.cosineCount = 16
            var rule = Adam()
            rule.learningRate = 0.002
            $0.optimizer = .adam(rule)
        }
        let distributions = try #require(
            agent.distributions(of: agent.newestState(), pool: ComputePool(width: 1))
        )
        for (quantile, expected) in zip(distributions, [-1, -1, 1, 1, 0, 0, 0, 0]) {
            #expect(abs(quantile - Float(expected)) < 0.3, "\(distributions)")
        }
    }
}
