internal import DeepQLearning
internal import Environments
internal import NeuralNetworks

extension Preset {
    /// The paper to the letter.
    static let atariNature: Preset = {
        var job = JobSpecification(
            name: "atari-nature",
            environment: "atari/breakout",
            algorithm: .dqn(DQNHyperparameters())
        )
        job.environmentOptions = ["terminal_on_life_loss": true]
        job.totalAgentSteps = 50_000_000
        job.metricsEveryAgentSteps = 1_000
        job.checkpointEveryAgentSteps = 250_000
        job.evaluation = EvaluationPlan(everyAgentSteps: 250_000, episodes: 30, epsilon: 0.05)
        return Preset(
            name: "atari-nature",
            summary: "Deep Q-learning of Atari games as in Nature, every constant of the paper.",
            source: "Mnih et al. 2015, Extended Data Table 1, units as in DeepMind's own program",
            expectation: "401 on Breakout after 50 million steps, which are weeks on two cores",
            specification: job
        )
    }()

    /// A cheap modern one for processors.
    static let atariFast: Preset = {
        var constants = DQNHyperparameters()
        constants.replayCapacityFrames = 200_000
        constants.learningStartsAgentSteps = 10_000
        constants.targetUpdatePeriod = .agentSteps(1_000)
        var rule = Adam()
        rule.learningRate = 0.0001
        // The gradients of a mean loss are small: beside them 1.5e-4, which others take, is large,
        // and nothing was learned in 200,000 steps.
        rule.epsilon = 1e-8
        constants.optimizer = .adam(rule)
        constants.lossReduction = .mean
        constants.schedule = .overlapped
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.02,
            decayStartAgentSteps: 10_000,
            decayAgentSteps: 200_000
        )
        var job = JobSpecification(
            name: "atari-fast",
            environment: "atari/breakout",
            algorithm: .dqn(constants)
        )
        job.environmentOptions = [
            "terminal_on_life_loss": true, "fire_on_reset": true, "fire_on_life_loss": true,
        ]
        job.totalAgentSteps = 1_000_000
        job.checkpointEveryAgentSteps = 50_000
        return Preset(
            name: "atari-fast",
            summary:
                "Deep Q-learning of Atari games with Adam, for machines without graphics card.",
            source: "Mnih et al. 2015 with Adam and a mean loss, as libraries run it today",
            expectation:
                "Breakout: mean return 30 after 350,000 agent steps, half an hour on two cores",
            specification: job
        )
    }()
}
