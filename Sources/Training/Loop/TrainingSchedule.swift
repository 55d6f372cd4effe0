/// When a training job does what: agent steps in, what is due out.
///
/// A pure value, without a clock, an environment or an agent. The job performs what
/// ``next(at:stop:)`` says, reports what came of it, and asks again until it is told to end.
package struct TrainingSchedule: Equatable, Sendable {
    /// What a job does next.
    package enum Action: Equatable, Sendable {
        /// It trains until so many agent steps are made; a round in several environments may go
        /// beyond.
        case train(until: Int)
        /// It evaluates its policy.
        case evaluate
        /// It writes a checkpoint of its policy.
        case saveCheckpoint
        /// It writes down all that it needs to go on later.
        case suspend
        /// It takes in the updates under way: there will be no more steps.
        case finishLearning
        /// It is over: all is done that was due.
        case end
    }

    private let totalAgentSteps: Int
    private let stopAtMeanReturn: Double?
    private var metrics: Milestone
    private var evaluation: Milestone
    private var checkpoint: Milestone
    private var bestReturn: Double?
    private var hasMetGoal = false
    private var hasFinishedLearning = false
    private var canSuspend = true

    /// The schedule of a job that has not begun.
    package init(_ specification: JobSpecification) {
        totalAgentSteps = specification.totalAgentSteps
        stopAtMeanReturn = specification.evaluation?.stopAtMeanReturn
        metrics = Milestone(every: specification.metricsEveryAgentSteps)
        evaluation = Milestone(every: specification.evaluation?.everyAgentSteps)
        checkpoint = Milestone(
            every: specification.checkpointEveryAgentSteps > 0
                ? specification.checkpointEveryAgentSteps : nil
        )
    }

    /// What is due after so many agent steps.
    ///
    /// - Parameters:
    ///   - agentSteps: Those made so far.
    ///   - stop: Why the job is to end before it is complete, if it is.
    /// - Returns: The one thing to do now.
    package func next(at agentSteps: Int, stop: StopRequest? = nil) -> Action {
        if stop?.isShutdown == true, canSuspend { return .suspend }
        if !hasFinishedLearning {
            switch stop {
            case nil where evaluation.isDue(at: agentSteps): return .evaluate
            case nil where checkpoint.isDue(at: agentSteps): return .saveCheckpoint
            case nil where !isComplete(at: agentSteps):
                return .train(until: min(totalAgentSteps, evaluation.next, checkpoint.next))
            case nil, .request, .shutdown: return .finishLearning
            }
        }
        if stop == nil, evaluation.isPlanned, evaluation.last < agentSteps { return .evaluate }
        return isCheckpointMissing(at: agentSteps) ? .saveCheckpoint : .end
    }

    /// Whether the job has made all its steps or met its goal.
    package func isComplete(at agentSteps: Int) -> Bool {
        hasMetGoal || agentSteps >= totalAgentSteps
    }

    /// Whether the policy of this moment was not written down.
    package func isCheckpointMissing(at agentSteps: Int) -> Bool { checkpoint.last < agentSteps }

    /// Whether a point of the metrics is due.
    package func isMetricsPointDue(at agentSteps: Int) -> Bool { metrics.isDue(at: agentSteps) }

    /// Notes a point of the metrics.
    package mutating func didMeasure(at agentSteps: Int) { metrics.pass(at: agentSteps) }

    /// Notes a checkpoint of the policy of this moment.
    package mutating func didSaveCheckpoint(at agentSteps: Int) { checkpoint.pass(at: agentSteps) }

    /// Notes that no update is under way any more.
    package mutating func didFinishLearning() { hasFinishedLearning = true }

    /// Notes that the job cannot go on later: it ends with a checkpoint instead.
    package mutating func didFailToSuspend() { canSuspend = false }

    /// Notes what an evaluation brought.
    /// - Returns: Whether no policy was better so far; of equal ones the newer is the best.
    package mutating func didEvaluate(at agentSteps: Int, meanReturn: Double) -> Bool {
        evaluation.pass(at: agentSteps)
        if let stopAtMeanReturn, meanReturn >= stopAtMeanReturn { hasMetGoal = true }
        return note(meanReturn)
    }

    /// Notes the mean return of the last hundred episodes, which stands for an evaluation's where none
    /// is planned.
    /// - Returns: As ``didEvaluate(at:meanReturn:)``.
    package mutating func didTrain(meanReturn: Double) -> Bool {
        evaluation.isPlanned ? false : note(meanReturn)
    }

    private mutating func note(_ meanReturn: Double) -> Bool {
        guard meanReturn >= bestReturn ?? -.infinity else { return false }
        bestReturn = meanReturn
        return true
    }
}

extension TrainingSchedule {
    /// What a job has behind it; the rest of its schedule follows from its specification.
    package struct State: Codable, Equatable, Sendable {
        var lastMetrics: Int
        var lastEvaluation: Int
        var lastCheckpoint: Int
        var bestReturn: Double?
        var hasMetGoal: Bool
    }

    /// What is behind the job.
    package var state: State {
        get {
            State(
                lastMetrics: metrics.last,
                lastEvaluation: evaluation.last,
                lastCheckpoint: checkpoint.last,
                bestReturn: bestReturn,
                hasMetGoal: hasMetGoal
            )
        }
        set {
            metrics.pass(at: newValue.lastMetrics)
            evaluation.pass(at: newValue.lastEvaluation)
            checkpoint.pass(at: newValue.lastCheckpoint)
            (bestReturn, hasMetGoal) = (newValue.bestReturn, newValue.hasMetGoal)
        }
    }
}

/// Something that comes whenever a multiple of so many agent steps is reached or passed.
private struct Milestone: Equatable, Sendable {
    /// Nil where it never comes.
    private let period: Int?
    /// The agent steps at which it came last, on a multiple or not.
    private(set) var last = 0
    /// The agent steps at which it is due.
    private(set) var next: Int

    init(every period: Int?) {
        self.period = period
        next = period ?? .max
    }

    var isPlanned: Bool { period != nil }

    func isDue(at agentSteps: Int) -> Bool { agentSteps >= next }

    mutating func pass(at agentSteps: Int) {
        last = agentSteps
        if let period { next = (agentSteps / period + 1) * period }
    }
}
