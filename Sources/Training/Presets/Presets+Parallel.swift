internal import DeepQLearning
internal import Environments
internal import NeuralNetworks

extension Preset {
    /// Without replay memory.
    static let pqn: Preset = {
        var constants = PQNHyperparameters()
        constants.learningRateDecayAgentSteps = 10_000_000
        var job = JobSpecification(
            name: "pqn",
            environment: "atari/pong",
            algorithm: .pqn(constants)
        )
        job.environmentOptions = ["terminal_on_life_loss": true, "fire_on_reset": true]
        job.totalAgentSteps = 2_000_000
        job.metricsEveryAgentSteps = 1_024
        job.checkpointEveryAgentSteps = 100_000
        return Preset(
            name: "pqn",
            summary:
                "Parallelised Q-learning of Atari games: eight games at once, no replay memory.",
            source: "Gallici et al. 2024; CleanRL, pqn_atari_envpool.py",
            expectation:
                "CleanRL's curve of Pong passes 18 at 1.6 million agent steps; not yet run to its end "
                + "here",
            specification: job
        )
    }()

    /// The same, on a pole on a cart.
    static let pqnCartPole: Preset = {
        var constants = PQNHyperparameters()
        constants.network = [LayerSpecification].mlp(120, 84).normalized
        constants.environmentCount = 4
        constants.discount = 0.99
        constants.lambda = 0.65
        constants.learningRateDecayAgentSteps = 500_000
        constants.clipsRewards = false
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.05,
            decayStartAgentSteps: 0,
            decayAgentSteps: 250_000
        )
        var job = JobSpecification(
            name: "pqn-cartpole",
            environment: "cartpole",
            algorithm: .pqn(constants)
        )
        job.totalAgentSteps = 500_000
        job.metricsEveryAgentSteps = 2_048
        job.checkpointEveryAgentSteps = 100_000
        job.evaluation = EvaluationPlan(
            everyAgentSteps: 50_000,
            episodes: 100,
            epsilon: 0
        )
        return Preset(
            name: "pqn-cartpole",
            summary: "Parallelised Q-learning balances a pole on a cart, four of them at once.",
            source: "CleanRL, pqn.py",
            expectation: "return 459 to 500 after 500,000 steps, in 10 seconds on two cores",
            specification: job
        )
    }()
}
