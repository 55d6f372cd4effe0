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
    private let interruption: WorkerInterruption
    let loop: TrainingLoop
    var course = Course()

    /// How the session has gone so far, beside what the loop knows.
    struct Course: Codable {
        var window = MetricsWindow()
        var latest = LatestMetrics()
        var trainingSeconds = 0.0
        var evaluationSeconds = 0.0
        /// Where the last point of the metrics lies.
        var lastMetricsAgentSteps = 0
        var lastMetricsSeconds = 0.0
        var agentStepsPerSecond: Double?
        /// Agent steps at the last evaluation and at the last checkpoint.
        var lastEvaluation = 0
        var lastCheckpoint = 0
        var bestReturn: Double?
        var hasMetGoal = false
    }

    /// - Parameters:
    ///   - specification: What to do.
    ///   - environments: Where its environments come from.
    ///   - workers: The width of the widest pool that it will be given.
    ///   - interruption: Cuts waits for a silent worker process short.
    /// - Throws: Where an environment or the agent cannot be made.
    init(
        _ specification: JobSpecification,
        _ environments: EnvironmentCatalog,
        workers: Int,
        interruption: WorkerInterruption
    ) throws {
        self.specification = specification
        self.interruption = interruption
        let streams = RandomStreams(seed: UInt64(specification.seed))
        let make = { (number: Int, restart: Int) throws -> any Environment in
            // The first one's stream is named as that of an only one.
            let name = number == 0 ? "environment" : "environment \(number)"
            return try environments.make(
                specification.environment,
                options: specification.environmentOptions,
                generator: streams.generator(
                    named: restart == 0 ? name : "\(name) restart \(restart)"
                ),
                interruption: interruption
            )
        }
        let played = try (0..<specification.algorithm.environmentCount).map { try make($0, 0) }
        environment = played[0].specification
        loop = TrainingLoop(
            environments: played,
            agent: try specification.algorithm.makeAgent(
                for: environment,
                streams: streams,
                workers: workers
            ),
            remake: make
        )
    }

    /// What is told of an environment that has failed in an episode.
    private static let environmentFailure =
        "an environment failed and is made anew, its episode was cut as a time-out"

    var agentSteps: Int { loop.agent.counts.agentSteps }
    var meanReturn100: Double? { course.window.meanReturn100 }

    var isComplete: Bool { course.hasMetGoal || agentSteps >= specification.totalAgentSteps }

    var isEvaluationDue: Bool {
        guard let plan = specification.evaluation else { return false }
        return hasPassed(plan.everyAgentSteps, since: course.lastEvaluation)
    }

    var isCheckpointDue: Bool {
        let period = specification.checkpointEveryAgentSteps
        return period > 0 && hasPassed(period, since: course.lastCheckpoint)
    }

    /// Whether a multiple of `period` was reached or passed after step `earlier`: a round in several
    /// worlds may go beyond it.
    private func hasPassed(_ period: Int, since earlier: Int) -> Bool {
        agentSteps / period > earlier / period
    }

    /// Whether something is to be done before the next step.
    var isAtMilestone: Bool { isComplete || isEvaluationDue || isCheckpointDue }

    var isFinalEvaluationDue: Bool {
        specification.evaluation != nil && agentSteps > course.lastEvaluation
    }

    var isFinalCheckpointDue: Bool { agentSteps > course.lastCheckpoint }

    /// One round of steps, and what is to be told of it.
    func step(pool: ComputePool) throws -> [TrainingEvent.Kind] {
        let stepsBefore = agentSteps
        let outcome = try loop.step(pool: pool)
        var events: [TrainingEvent.Kind] = outcome.failures.map { reason in
            .log(.warning, "\(Self.environmentFailure): \(reason)")
        }
        takeIn(outcome.learning)
        for episode in outcome.episodes {
            course.window.add(episode)
            course.latest.episodeReturn = episode.episodeReturn
            course.latest.meanReturn100 = course.window.meanReturn100
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

    func addTraining(seconds: Double) { course.trainingSeconds += seconds }
    func addEvaluation(seconds: Double) { course.evaluationSeconds += seconds }

    /// Notes an evaluation's result, and says whether it is the best so far.
    func takeIn(_ summary: EvaluationSummary) -> Bool {
        course.lastEvaluation = agentSteps
        if let goal = specification.evaluation?.stopAtMeanReturn, summary.meanReturn >= goal {
            course.hasMetGoal = true
        }
        return noteReturn(summary.meanReturn)
    }

    /// Takes the training returns as a result, in a job without evaluations and with a hundred
    /// episodes behind it: the mean of fewer is luck.
    ///
    /// - Returns: Their mean if it is the best so far.
    func takeInTrainingReturns() -> Double? {
        guard specification.evaluation == nil, course.window.episodes >= MetricsWindow.meanEpisodes,
            let mean = meanReturn100, noteReturn(mean)
        else { return nil }
        return mean
    }

    /// Whether a mean return is the best so far; of equal ones the newer is.
    private func noteReturn(_ mean: Double) -> Bool {
        guard mean >= course.bestReturn ?? -.infinity else { return false }
        course.bestReturn = mean
        return true
    }

    /// Notes that the policy of this moment was written down.
    func didSaveCheckpoint() {
        course.lastCheckpoint = agentSteps
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

    /// The policy at this moment in an environment of its own, drawing from streams of its own.
    func makeEvaluation(_ environments: EnvironmentCatalog) throws -> Evaluation {
        guard let plan = specification.evaluation else {
            preconditionFailure("there is no evaluation planned")
        }
        let (specification, interruption) = (specification, interruption)
        let streams = RandomStreams(seed: UInt64(specification.seed))
            .streams(named: "evaluation").streams(named: "\(agentSteps)")
        return Evaluation(
            observation: environment.observation,
            policy: try QFunction(loop.agent.policySnapshot(), capacity: 1, workers: 1),
            epsilon: plan.epsilon,
            streams: { $0 == 0 ? streams : streams.streams(named: "restart \($0)") },
            makeEnvironment: { generator in
                try environments.make(
                    specification.environment,
                    options: specification.environmentOptions,
                    generator: generator,
                    interruption: interruption
                )
            }
        )
    }

    func update(_ record: inout JobRecord) {
        record.progress.agentSteps = agentSteps
        record.progress.environmentFrames = loop.environmentFrames
        record.progress.gradientUpdates = loop.agent.counts.gradientUpdates
        record.progress.episodes = loop.episodes
        record.progress.epsilon = loop.agent.epsilon
        record.progress.replaySize = loop.agent.replaySize
        record.progress.wallSeconds = course.trainingSeconds + course.evaluationSeconds
        record.progress.agentStepsPerSecond = course.agentStepsPerSecond
        record.latest = course.latest
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
        course.window.add(learning)
        (course.latest.loss, course.latest.meanQ) = (learning.loss, learning.meanQ)
    }

    private func takeMetrics() -> [Metric] {
        var metrics = course.window.take(epsilon: loop.agent.epsilon)
        let seconds = course.trainingSeconds - course.lastMetricsSeconds
        if seconds > 0 {
            let speed = Double(agentSteps - course.lastMetricsAgentSteps) / seconds
            course.agentStepsPerSecond = speed
            metrics.append(Metric(.agentStepsPerSecond, speed))
            course.lastMetricsAgentSteps = agentSteps
            course.lastMetricsSeconds = course.trainingSeconds
        }
        return metrics
    }
}
