internal import BackgroundQueues
internal import Checkpoints
internal import DeepQLearning
internal import Environments
internal import Frames
internal import JSONFields
internal import RandomNumbers

/// A running job's agent, world, and what is measured of them.
///
/// Lives on the job's queue.
final class TrainingSession {
    private let specification: JobSpecification
    private let environment: EnvironmentSpecification
    private let loop: TrainingLoop
    private var window = MetricsWindow()
    private var latest = LatestMetrics()
    private var trainingSeconds = 0.0
    private var evaluationSeconds = 0.0
    private var lastMetrics = (agentSteps: 0, seconds: 0.0)
    private var agentStepsPerSecond: Double?
    private var lastEvaluation = 0
    private var lastCheckpoint = 0
    private var bestReturn: Double?
    private var hasMetGoal = false

    init(
        _ specification: JobSpecification,
        _ environments: EnvironmentCatalog,
        workers: Int
    ) throws {
        self.specification = specification
        let streams = RandomStreams(seed: UInt64(specification.seed))
        let worlds = try (0..<specification.algorithm.environmentCount).map { number in
            try environments.make(
                specification.environment,
                options: specification.environmentOptions,
                // The first one's name is that of an only one.
                generator: streams.generator(
                    named: number == 0 ? "environment" : "environment \(number)"
                )
            )
        }
        environment = worlds[0].specification
        loop = TrainingLoop(
            environments: worlds,
            agent: try specification.algorithm.makeAgent(
                for: environment,
                streams: streams,
                workers: workers
            )
        )
    }

    var agentSteps: Int { loop.agent.counts.agentSteps }
    var meanReturn100: Double? { window.meanReturn100 }

    var isComplete: Bool { hasMetGoal || agentSteps >= specification.totalAgentSteps }

    var isEvaluationDue: Bool {
        guard let plan = specification.evaluation else { return false }
        return hasPassed(plan.everyAgentSteps, since: lastEvaluation)
    }

    var isCheckpointDue: Bool {
        let period = specification.checkpointEveryAgentSteps
        return period > 0 && hasPassed(period, since: lastCheckpoint)
    }

    /// Whether a multiple of `period` was reached or passed after step `earlier`: a round in several
    /// worlds may go beyond it.
    private func hasPassed(_ period: Int, since earlier: Int) -> Bool {
        agentSteps / period > earlier / period
    }

    /// Whether something is to be done before the next step.
    var isAtMilestone: Bool { isComplete || isEvaluationDue || isCheckpointDue }

    var isFinalEvaluationDue: Bool {
        specification.evaluation != nil && agentSteps > lastEvaluation
    }

    var isFinalCheckpointDue: Bool { agentSteps > lastCheckpoint }

    /// One round of steps, and what is to be told of it.
    func step(pool: ComputePool) throws -> [TrainingEvent.Kind] {
        let stepsBefore = agentSteps
        let outcome = try loop.step(pool: pool)
        var events: [TrainingEvent.Kind] = []
        takeIn(outcome.learning)
        for episode in outcome.episodes {
            window.add(episode)
            latest.episodeReturn = episode.episodeReturn
            latest.meanReturn100 = window.meanReturn100
            events.append(.episode(episode))
        }
        if hasPassed(specification.metricsEveryAgentSteps, since: stepsBefore) {
            events.append(.metrics(takeMetrics()))
        }
        return events
    }

    /// Takes in what is still being learned, when there will be no more steps.
    func finishLearning() throws { takeIn(try loop.agent.finishLearning()) }

    /// Returns when nothing is computed in the background.
    func rest() { loop.agent.rest() }

    func addTraining(seconds: Double) { trainingSeconds += seconds }
    func addEvaluation(seconds: Double) { evaluationSeconds += seconds }

    /// Notes an evaluation's result, and says whether it is the best so far.
    func takeIn(_ summary: EvaluationSummary) -> Bool {
        lastEvaluation = agentSteps
        if let goal = specification.evaluation?.stopAtMeanReturn, summary.meanReturn >= goal {
            hasMetGoal = true
        }
        guard summary.meanReturn > bestReturn ?? -.infinity else { return false }
        bestReturn = summary.meanReturn
        return true
    }

    /// Whether the training returns are the best so far, in a job without evaluations.
    var isBestByTraining: Bool {
        guard specification.evaluation == nil, let mean = meanReturn100,
            mean > bestReturn ?? -.infinity
        else { return false }
        bestReturn = mean
        return true
    }

    /// The policy at this moment, and that it was written down.
    func checkpoint() -> PolicyCheckpoint {
        lastCheckpoint = agentSteps
        return policy()
    }

    /// The policy at this moment, with what must be known to use it.
    func policy() -> PolicyCheckpoint {
        PolicyCheckpoint(
            policy: loop.agent.policySnapshot(),
            environment: environment.id,
            environmentOptions: JSONValue.object(specification.environmentOptionsJSON).description,
            actionNames: environment.actionNames,
            hyperparameters: specification.algorithm.hyperparameters.description
        )
    }

    /// The policy at this moment in a world of its own, drawing from a stream of its own.
    func makeEvaluation(_ environments: EnvironmentCatalog) throws -> EvaluationRun {
        guard let plan = specification.evaluation else {
            preconditionFailure("there is no evaluation planned")
        }
        let streams = RandomStreams(seed: UInt64(specification.seed))
            .streams(named: "evaluation").streams(named: "\(agentSteps)")
        let evaluation = Evaluation(
            environment: try environments.make(
                specification.environment,
                options: specification.environmentOptions,
                generator: streams.generator(named: "environment")
            ),
            policy: try QFunction(loop.agent.policySnapshot(), capacity: 1, workers: 1),
            epsilon: plan.epsilon,
            generator: streams.generator(named: "policy")
        )
        return EvaluationRun(evaluation, episodes: plan.episodes, epsilon: plan.epsilon)
    }

    func update(_ record: inout JobRecord) {
        record.progress.agentSteps = agentSteps
        record.progress.environmentFrames = loop.environmentFrames
        record.progress.gradientUpdates = loop.agent.counts.gradientUpdates
        record.progress.episodes = loop.episodes
        record.progress.epsilon = loop.agent.epsilon
        record.progress.replaySize = loop.agent.replaySize
        record.progress.wallSeconds = trainingSeconds + evaluationSeconds
        record.progress.agentStepsPerSecond = agentStepsPerSecond
        record.latest = latest
    }

    func view(pool: ComputePool) -> AgentView? {
        guard agentSteps > 0 else { return nil }
        return AgentView(
            observations: pictures,
            rendered: loop.rendered(),
            qValues: loop.agent.newestQValues(pool: pool),
            actionNames: environment.actionNames,
            action: loop.lastMove?.action,
            reward: loop.lastMove?.reward,
            agentSteps: agentSteps
        )
    }

    /// The newest state's frames, where they are pictures.
    private var pictures: [Frame] {
        let observation = environment.observation
        guard observation.scalar == .uint8, observation.frameShape.count == 2 else { return [] }
        let state = loop.agent.newestState()
        return (0..<observation.stack).map { index in
            let start = index * observation.frameByteCount
            return Frame(
                height: observation.frameShape[0],
                width: observation.frameShape[1],
                channels: 1,
                bytes: Array(state[start..<(start + observation.frameByteCount)])
            )
        }
    }

    private func takeIn(_ learning: LearningSummary?) {
        guard let learning else { return }
        window.add(learning)
        (latest.loss, latest.meanQ) = (learning.loss, learning.meanQ)
    }

    private func takeMetrics() -> [Metric] {
        var metrics = window.take(epsilon: loop.agent.epsilon)
        let seconds = trainingSeconds - lastMetrics.seconds
        if seconds > 0 {
            let speed = Double(agentSteps - lastMetrics.agentSteps) / seconds
            agentStepsPerSecond = speed
            metrics.append(Metric("agent_steps_per_second", speed))
            lastMetrics = (agentSteps, trainingSeconds)
        }
        return metrics
    }
}

/// An evaluation under way, episode by episode.
struct EvaluationRun {
    private var evaluation: Evaluation
    private let episodes: Int
    private let epsilon: Float
    private var returns: [Double] = []
    private var lengths: [Int] = []

    init(_ evaluation: Evaluation, episodes: Int, epsilon: Float) {
        self.evaluation = evaluation
        self.episodes = episodes
        self.epsilon = epsilon
    }

    /// Plays one episode more; false when all were played.
    mutating func playNextEpisode(pool: ComputePool) throws -> Bool {
        guard returns.count < episodes else { return false }
        let episode = try evaluation.playEpisode(pool: pool)
        returns.append(episode.episodeReturn)
        lengths.append(episode.length)
        return true
    }

    /// The result when all episodes were played; nil before.
    var summary: EvaluationSummary? {
        guard returns.count == episodes else { return nil }
        return EvaluationSummary(returns: returns, lengths: lengths, epsilon: epsilon)
    }
}
