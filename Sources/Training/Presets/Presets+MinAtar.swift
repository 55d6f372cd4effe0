internal import DeepQLearning
internal import NeuralNetworks

extension Preset {
    /// The agent of the paper that MinAtar came with.
    static let minatar: Preset = {
        var constants = DQNHyperparameters()
        constants.network = .grid
        constants.replayCapacityFrames = 100_000
        constants.learningStartsAgentSteps = 5_000
        constants.updatePeriodAgentSteps = 1
        constants.targetUpdatePeriod = .updates(1_000)
        var rule = RMSProp()
        rule.learningRate = 0.00025
        rule.squaredGradientDecay = 0.95
        rule.epsilon = 0.01
        rule.isCentered = true
        constants.optimizer = .rmsprop(rule)
        constants.lossReduction = .mean
        constants.clipsRewards = false
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.1,
            decayStartAgentSteps: 5_000,
            decayAgentSteps: 100_000
        )
        var job = JobSpecification(
            name: "minatar",
            environment: "minatar/breakout",
            algorithm: .dqn(constants)
        )
        job.totalAgentSteps = 1_000_000
        job.metricsEveryAgentSteps = 1_000
        job.checkpointEveryAgentSteps = 100_000
        job.evaluation = EvaluationPlan(everyAgentSteps: 100_000, episodes: 20, epsilon: 0)
        return Preset(
            name: "minatar",
            summary: "Deep Q-learning of MinAtar's games on 10×10 cells, an update at every step.",
            source: "Young and Tian 2019, the DQN of its examples, a fifth of its 5 million steps",
            expectation:
                "Breakout: last policy 15 over 100 greedy episodes, 5.7 in training, of one seed; 44 "
                + "minutes beside other work",
            specification: job
        )
    }()
}
