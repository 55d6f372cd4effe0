internal import DeepQLearning
internal import Environments
internal import ExperienceReplay
internal import NeuralNetworks

extension Preset {
    /// All parts that were joined in Rainbow but noisy layers.
    static let rainbow: Preset = {
        var constants = rainbowLiteConstants
        constants.bootstrapRule = .double
        constants.head.dueling = .separate
        constants.prioritization.finalImportanceExponent = 1
        constants.prioritization.importanceGrowthAgentSteps = 2_000_000
        constants.maxGradientNorm = 10
        return Preset(
            name: "rainbow",
            summary:
                "C51, Double, dueling, priorities and three-step targets together, of Atari games.",
            source:
                "Hessel et al. 2018; dqn_zoo, rainbow/run_atari.py, with ε-greedy for noisy layers",
            expectation:
                "not yet run here, nor its speed measured",
            specification: atariJob("rainbow", "atari/breakout", constants, steps: 2_000_000)
        )
    }()

    /// What Dopamine calls Rainbow.
    static let rainbowLite: Preset = {
        Preset(
            name: "rainbow-lite",
            summary: "C51, priorities and three-step targets, of Atari games.",
            source: "Dopamine, rainbow.gin, which leaves out Double, dueling and noisy layers",
            expectation:
                "Dopamine's means of 5 runs after 1.25 million steps: Freeway 30, Pong −14, "
                + "Breakout 19; not yet run to its end here",
            specification: atariJob(
                "rainbow-lite",
                "atari/freeway",
                rainbowLiteConstants,
                steps: 1_250_000
            )
        )
    }()

    /// The quickest of them where there are few steps.
    static let atariQuantile: Preset = {
        var constants = rainbowLiteConstants
        constants.head.kind = .quantile
        var rule = Adam()
        (rule.learningRate, rule.epsilon) = (0.00005, 0.0003125)
        constants.optimizer = .adam(rule)
        return Preset(
            name: "atari-quantile",
            summary: "QR-DQN, priorities and three-step targets, of Atari games.",
            source: "Dopamine, quantile.gin",
            expectation:
                "Dopamine's means of 5 runs after 750,000 steps: Freeway 25 to 31, Beam Rider 4,800; "
                + "not yet run to its end here",
            specification: atariJob("atari-quantile", "atari/freeway", constants, steps: 750_000)
        )
    }()

    /// A hundred thousand steps, an update each.
    static let atari100k: Preset = {
        var constants = DQNHyperparameters()
        constants.replayCapacityFrames = 100_000
        constants.learningStartsAgentSteps = 1_600
        constants.updatePeriodAgentSteps = 1
        constants.targetUpdatePeriod = .updates(1)
        constants.stepsPerTransition = 10
        constants.bootstrapRule = .double
        constants.head.dueling = .separate
        constants.randomShiftPixels = 4
        var rule = Adam()
        (rule.learningRate, rule.epsilon) = (0.0001, 0.00015)
        constants.optimizer = .adam(rule)
        constants.lossReduction = .mean
        constants.maxGradientNorm = 10
        constants.schedule = .overlapped
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.01,
            decayStartAgentSteps: 1_600,
            decayAgentSteps: 5_000
        )
        var job = atariJob("atari-100k", "atari/freeway", constants, steps: 100_000)
        job.environmentOptions = ["terminal_on_life_loss": true, "fire_on_reset": true]
        job.checkpointEveryAgentSteps = 20_000
        return Preset(
            name: "atari-100k",
            summary: "Data-efficient deep Q-learning of Atari games: an update at every step.",
            source: "Dopamine, labs/atari_100k, DrQ_eps.gin (Agarwal et al. 2021)",
            expectation:
                "its medians after 100,000 steps: Freeway 26, Breakout 9 to 20, with runs that fail; "
                + "not yet run to its end here",
            specification: job
        )
    }()

    private static let rainbowLiteConstants: DQNHyperparameters = {
        var constants = DQNHyperparameters()
        constants.replayCapacityFrames = 200_000
        constants.learningStartsAgentSteps = 20_000
        constants.targetUpdatePeriod = .agentSteps(8_000)
        constants.stepsPerTransition = 3
        constants.head.kind = .categorical
        constants.replaySampling = .proportional
        constants.prioritization.exponent = 0.5
        constants.prioritization.importanceExponent = 0.5
        constants.prioritization.finalImportanceExponent = 0.5
        var rule = Adam()
        (rule.learningRate, rule.epsilon) = (0.0000625, 0.00015)
        constants.optimizer = .adam(rule)
        constants.lossReduction = .mean
        constants.schedule = .overlapped
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.01,
            decayStartAgentSteps: 20_000,
            decayAgentSteps: 250_000
        )
        return constants
    }()

    private static func atariJob(
        _ name: String,
        _ environment: String,
        _ constants: DQNHyperparameters,
        steps: Int
    ) -> JobSpecification {
        var job = JobSpecification(
            name: name,
            environment: environment,
            algorithm: .dqn(constants)
        )
        job.environmentOptions = ["sticky_action_probability": 0.25, "fire_on_reset": true]
        job.totalAgentSteps = steps
        job.metricsEveryAgentSteps = 1_000
        job.checkpointEveryAgentSteps = 50_000
        return job
    }
}
