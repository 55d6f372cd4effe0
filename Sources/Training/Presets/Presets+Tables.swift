internal import DeepQLearning

extension Preset {
    /// Two ways to go, and why returns are discounted sums.
    static let routes: Preset = {
        var constants = QLearningHyperparameters()
        constants.discount = 0.9
        constants.learningRateDecayAgentSteps = 5_000
        constants.exploration.decayAgentSteps = 3_000
        var job = JobSpecification(
            name: "routes",
            environment: "routes",
            algorithm: .qLearning(constants)
        )
        job.totalAgentSteps = 10_000
        job.evaluation = EvaluationPlan(everyAgentSteps: 2_000, episodes: 10, epsilon: 0)
        return Preset(
            name: "routes",
            summary: "A table learns that +1 then +10 is worth more than +5 then -1.",
            source: "Watkins and Dayan 1992; the example of two routes",
            expectation: "return 11 after a second",
            specification: job
        )
    }()

    /// A slippery lake of sixteen fields.
    static let frozenLake: Preset = {
        var constants = QLearningHyperparameters()
        constants.learningRate = 0.5
        constants.finalLearningRate = 0.005
        constants.learningRateDecayAgentSteps = 600_000
        constants.exploration.finalEpsilon = 0.3
        constants.exploration.decayAgentSteps = 200_000
        var job = JobSpecification(
            name: "frozen-lake",
            environment: "frozen-lake",
            algorithm: .qLearning(constants)
        )
        job.totalAgentSteps = 1_000_000
        job.metricsEveryAgentSteps = 5_000
        job.evaluation = EvaluationPlan(everyAgentSteps: 250_000, episodes: 1_000, epsilon: 0)
        return Preset(
            name: "frozen-lake",
            summary: "A table learns to cross a 4×4 lake on which every step may slip.",
            source: "Gymnasium's FrozenLake-v1, optimum 0.74",
            expectation: "success rate 0.74 after a few seconds",
            specification: job
        )
    }()
}
