internal import DeepQLearning
internal import NeuralNetworks

extension Preset {
    /// Two rods, from six numbers.
    static let acrobot: Preset = {
        var constants = updateAStepConstants
        // One batch; theirs begins with the first step.
        constants.learningStartsAgentSteps = 128
        return Preset(
            name: "acrobot",
            summary: "A small network learns to swing two rods up.",
            source: "rl-zoo3's Acrobot-v1 constants",
            expectation:
                "best policy -74 over 100 greedy episodes, the last -76, of one seed; 6 minutes beside "
                + "other work",
            specification: controlJob("acrobot", constants, steps: 100_000)
        )
    }()

    /// A weak car, from two numbers.
    static let mountainCar: Preset = {
        var constants = controlConstants
        constants.discount = 0.98
        constants.replayCapacityFrames = 10_000
        constants.learningStartsAgentSteps = 1_000
        constants.updatePeriodAgentSteps = 16
        constants.updatesPerPeriod = 8
        constants.targetUpdatePeriod = .agentSteps(600)
        var rule = Adam()
        rule.learningRate = 0.004
        constants.optimizer = .adam(rule)
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.07,
            decayStartAgentSteps: 0,
            decayAgentSteps: 24_000
        )
        return Preset(
            name: "mountain-car",
            summary: "A small network learns to swing a car out of a valley.",
            source: "rl-zoo3's MountainCar-v0 constants",
            expectation:
                "best policy -101 to -107 over 100 greedy episodes, of 3 seeds; the last -107 to -139; "
                + "84 seconds beside other work",
            specification: controlJob("mountain-car", constants, steps: 120_000)
        )
    }()

    /// What rl-zoo3 gives Acrobot-v1 and LunarLander alike: as many updates as steps.
    ///
    /// The zoo's `train_freq` 4 and `gradient_steps` −1 make four updates after every four steps; its
    /// `target_update_interval` counts steps.
    static let updateAStepConstants: DQNHyperparameters = {
        var constants = controlConstants
        constants.replayCapacityFrames = 50_000
        constants.learningStartsAgentSteps = 0
        constants.updatePeriodAgentSteps = 4
        constants.updatesPerPeriod = 4
        constants.targetUpdatePeriod = .agentSteps(250)
        var rule = Adam()
        rule.learningRate = 0.00063
        constants.optimizer = .adam(rule)
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.1,
            decayStartAgentSteps: 0,
            decayAgentSteps: 12_000
        )
        return constants
    }()

    private static let controlConstants: DQNHyperparameters = {
        var constants = DQNHyperparameters()
        constants.network = .mlp(256, 256)
        constants.batchSize = 128
        constants.lossReduction = .mean
        constants.maxGradientNorm = 10
        constants.clipsRewards = false
        return constants
    }()

    private static func controlJob(
        _ environment: String,
        _ constants: DQNHyperparameters,
        steps: Int
    ) -> JobSpecification {
        var job = JobSpecification(
            name: environment,
            environment: environment,
            algorithm: .dqn(constants)
        )
        job.totalAgentSteps = steps
        job.checkpointEveryAgentSteps = 20_000
        job.evaluation = EvaluationPlan(everyAgentSteps: 5_000, episodes: 100, epsilon: 0)
        return job
    }
}
