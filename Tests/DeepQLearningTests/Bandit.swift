import BackgroundQueues
import DeepQLearning
import NeuralNetworks

/// An agent that has pulled the arms of a bandit for some thousand steps, each step an episode.
func bandit(
    steps: Int = 6_000,
    rewards: (Int) -> Float,
    _ change: (inout DQNHyperparameters) -> Void
) throws -> DQNAgent {
    let agent = try makeAgent { hyperparameters in
        hyperparameters.network = []
        hyperparameters.batchSize = 16
        hyperparameters.replayCapacityFrames = 2_000
        hyperparameters.learningStartsAgentSteps = 50
        hyperparameters.updatePeriodAgentSteps = 1
        hyperparameters.targetUpdatePeriod = .updates(20)
        hyperparameters.lossReduction = .mean
        hyperparameters.exploration.finalEpsilon = 1
        var rule = Adam()
        rule.learningRate = 0.02
        hyperparameters.optimizer = .adam(rule)
        change(&hyperparameters)
    }
    let pool = ComputePool(width: 1)
    let frame: [UInt8] = [0, 0, 255]
    for _ in 0..<steps {
        agent.beginEpisode(frame.span, environment: 0)
        let action = agent.selectActions(pool: pool)[0]
        agent.record(
            action: action,
            reward: rewards(min(action, 1)),
            isTerminal: true,
            frame: frame.span,
            environment: 0
        )
        _ = try agent.learn(pool: pool)
    }
    agent.beginEpisode(frame.span, environment: 0)
    return agent
}
