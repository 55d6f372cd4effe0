internal import DeepQLearning
internal import NeuralNetworks

extension Preset {
    /// A landing between two flags, from eight numbers; needs Gymnasium and Box2D.
    ///
    /// The zoo's `train_freq` 4 and `gradient_steps` −1 are as many updates as steps, four at a time;
    /// its `target_update_interval` counts steps.
    static let lunarLander: Preset = {
        var constants = DQNHyperparameters()
        constants.network = .mlp(256, 256)
        constants.batchSize = 128
        constants.replayCapacityFrames = 50_000
        constants.learningStartsAgentSteps = 0
        constants.updatePeriodAgentSteps = 4
        constants.updatesPerPeriod = 4
        constants.targetUpdatePeriod = .agentSteps(250)
        var rule = Adam()
        rule.learningRate = 0.00063
        constants.optimizer = .adam(rule)
        constants.lossReduction = .mean
        constants.maxGradientNorm = 10
        constants.clipsRewards = false
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.1,
            decayStartAgentSteps: 0,
            decayAgentSteps: 12_000
        )
        var job = JobSpecification(
            name: "lunar-lander",
            environment: "gymnasium/LunarLander-v3",
            algorithm: .dqn(constants)
        )
        job.totalAgentSteps = 100_000
        job.metricsEveryAgentSteps = 500
        job.checkpointEveryAgentSteps = 10_000
        job.evaluation = EvaluationPlan(everyAgentSteps: 10_000, episodes: 20, epsilon: 0)
        return Preset(
            name: "lunar-lander",
            summary: "A small network learns to land between two flags, by Gymnasium.",
            source: "rl-zoo3's LunarLander constants, which came to 154 ± 79 there",
            expectation:
                "not steady: after 100,000 steps return 192 and 221 with two seeds, −84 with a "
                + "third; the best checkpoints 258, 221 and 6; minutes on two cores",
            specification: job
        )
    }()
}
