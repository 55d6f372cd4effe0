internal import DeepQLearning
internal import NeuralNetworks

extension Preset {
    /// A landing between two flags, from eight numbers; needs Gymnasium and Box2D.
    static let lunarLander: Preset = {
        var job = JobSpecification(
            name: "lunar-lander",
            environment: "gymnasium/LunarLander-v3",
            algorithm: .dqn(updateAStepConstants)
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
