internal import DeepQLearning
internal import NeuralNetworks

extension Preset {
    /// A pole on a cart, from four numbers.
    static let cartpole: Preset = {
        var constants = DQNHyperparameters()
        constants.network = .mlp(256, 256)
        constants.batchSize = 64
        constants.replayCapacityFrames = 100_000
        constants.learningStartsAgentSteps = 1_000
        constants.updatePeriodAgentSteps = 256
        constants.updatesPerPeriod = 128
        constants.targetUpdatePeriod = .agentSteps(10)
        var rule = Adam()
        rule.learningRate = 0.0023
        constants.optimizer = .adam(rule)
        constants.lossReduction = .mean
        constants.maxGradientNorm = 10
        constants.clipsRewards = false
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.04,
            decayStartAgentSteps: 0,
            decayAgentSteps: 8_000
        )
        var job = JobSpecification(
            name: "cartpole",
            environment: "cartpole",
            algorithm: .dqn(constants)
        )
        job.totalAgentSteps = 50_000
        job.checkpointEveryAgentSteps = 10_000
        job.evaluation = EvaluationPlan(everyAgentSteps: 2_500, episodes: 100, epsilon: 0)
        return Preset(
            name: "cartpole",
            summary: "A small network learns to balance a pole on a cart.",
            source: "rl-zoo3's CartPole-v1 constants",
            expectation: "return 475 to 500 within 50,000 steps, in under a minute",
            specification: job
        )
    }()

    /// A falling ball, from pixels.
    static let catchPixels: Preset = {
        var constants = DQNHyperparameters()
        constants.replayCapacityFrames = 20_000
        constants.learningStartsAgentSteps = 500
        constants.updatePeriodAgentSteps = 4
        constants.targetUpdatePeriod = .updates(100)
        var rule = Adam()
        rule.learningRate = 0.0003
        constants.optimizer = .adam(rule)
        constants.lossReduction = .mean
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.05,
            decayStartAgentSteps: 500,
            decayAgentSteps: 5_000
        )
        var job = JobSpecification(
            name: "catch",
            environment: "catch",
            algorithm: .dqn(constants)
        )
        job.totalAgentSteps = 20_000
        job.checkpointEveryAgentSteps = 5_000
        job.evaluation = EvaluationPlan(
            everyAgentSteps: 2_000,
            episodes: 100,
            epsilon: 0,
            stopAtMeanReturn: 0.95
        )
        return Preset(
            name: "catch",
            summary: "The Nature network learns to catch a falling ball from 84×84 pixels.",
            source: "bsuite's catch, drawn as pixels",
            expectation: "mean return 0.95 in about a minute on two cores",
            specification: job
        )
    }()
}
