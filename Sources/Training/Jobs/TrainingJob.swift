internal import BackgroundQueues
public import Checkpoints
public import Environments

/// One training run, on a queue of its own, that can be paused, resumed and stopped at any time.
///
/// It trains in slices of a few milliseconds. Between two slices it hears what others ask of it, so
/// that what `pause`, `resume` and `stop` return has happened. What happens in it is written down
/// several times a second.
public actor TrainingJob {
    /// The job's name in URLs.
    public nonisolated let id: String
    /// The job as it stands.
    public private(set) var record: JobRecord
    private nonisolated let executor: SerialQueueExecutor
    private let environments: EnvironmentCatalog
    private let recorder: any TrainingRecorder
    private let share: ComputeShare
    private let clock: JobClock
    private var session: TrainingSession?
    private var pending: [TrainingEvent] = []
    private var lastFlush = 0.0
    private var stopRequest: StopRequest?
    private var whenResumed: CheckedContinuation<Void, Never>?
    private var whenEnded: [CheckedContinuation<Void, Never>] = []

    /// Seconds of training between two moments at which others are heard.
    private static let sliceSeconds = 0.02
    /// Seconds between two times at which events are written down.
    private static let flushSeconds = 0.25

    private struct StopRequest {
        var reason: String?
    }

    /// Creates a job that waits to be run.
    ///
    /// - Parameters:
    ///   - record: The job as it was asked for.
    ///   - environments: Where its world comes from.
    ///   - recorder: Where it writes down what happens.
    ///   - share: The cores it runs on.
    ///   - clock: What tells it the time.
    public init(
        _ record: JobRecord,
        environments: EnvironmentCatalog,
        recorder: any TrainingRecorder,
        share: ComputeShare,
        clock: JobClock
    ) {
        id = record.id
        self.record = record
        self.environments = environments
        self.recorder = recorder
        self.share = share
        self.clock = clock
        executor = SerialQueueExecutor(label: "dqn.job.\(record.id)", precedence: .training)
    }

    /// The job's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Trains until the job ends, and returns when all is written down.
    public func run() async {
        if record.state == .queued {
            share.join()
            do {
                try begin()
                try await train()
                try await end()
            } catch {
                fail("\(error)")
            }
            share.leave()
            // The replay memory goes back to the system.
            session = nil
        }
        for waiter in whenEnded { waiter.resume() }
        whenEnded = []
    }

    /// Holds the job still; asking it of a paused job changes nothing.
    public func pause() throws -> JobRecord {
        switch record.state {
        case .paused: return record
        case .running:
            session?.rest()
            share.leave()
            change(to: .paused)
            try flush()
            return record
        case .queued, .completed, .stopped, .failed:
            throw JobConflict(id: id, request: "pause", state: record.state)
        }
    }

    /// Lets a paused job go on; asking it of a running job changes nothing.
    public func resume() throws -> JobRecord {
        switch record.state {
        case .running: return record
        case .paused:
            goOn()
            try flush()
            return record
        case .queued, .completed, .stopped, .failed:
            throw JobConflict(id: id, request: "resume", state: record.state)
        }
    }

    /// Ends the job, with a checkpoint of what it has learned; asking it of a stopped job changes
    /// nothing.
    ///
    /// - Parameter reason: Why, where it is not what a person asked for.
    /// - Returns: The job when it has ended.
    /// - Throws: `JobConflict` where the job has ended otherwise.
    public func stop(reason: String? = nil) async throws -> JobRecord {
        switch record.state {
        case .stopped: return record
        case .completed, .failed:
            throw JobConflict(id: id, request: "stop", state: record.state)
        case .queued:
            change(to: .stopped, reason: reason)
            try flush()
            return record
        case .running, .paused:
            stopRequest = StopRequest(reason: reason)
            if record.state == .paused { goOn() }
            await withCheckedContinuation { whenEnded.append($0) }
            return record
        }
    }

    /// Writes a checkpoint now.
    public func takeCheckpoint() throws -> CheckpointRecord {
        guard let session else {
            throw JobConflict(id: id, request: "take a checkpoint of", state: record.state)
        }
        return try save(session, evaluation: nil, isBest: false)
    }

    /// What the agent has learned so far; nil while the job does not run.
    public func policy() -> PolicyCheckpoint? {
        session?.policy()
    }

    /// What the agent sees now, and what it thinks of it; nil before the first step.
    public func view() -> AgentView? {
        session?.view(pool: share.pool)
    }

    private func begin() throws {
        session = try TrainingSession(record.specification, environments, workers: share.cores)
        record.startedAt = clock.date()
        change(to: .running)
        try flush()
    }

    private func train() async throws {
        guard let session else { return }
        while stopRequest == nil, !session.isComplete {
            try trainSlice(session)
            if session.isEvaluationDue { try await evaluate(session) }
            if session.isCheckpointDue { try saveAsPlanned(session) }
            if clock.monotonic() - lastFlush >= Self.flushSeconds { try flush() }
            await hearOthers()
        }
    }

    private func trainSlice(_ session: TrainingSession) throws {
        var now = clock.monotonic()
        let end = now + Self.sliceSeconds
        repeat {
            let events = try session.step(pool: share.pool)
            let before = now
            now = clock.monotonic()
            session.addTraining(seconds: now - before)
            if !events.isEmpty { note(events) }
        } while now < end && !session.isAtMilestone
        note([])
    }

    private func end() async throws {
        guard let session else { return }
        try session.finishLearning()
        if stopRequest == nil, session.isFinalEvaluationDue { try await evaluate(session) }
        if session.isFinalCheckpointDue { try saveAsPlanned(session) }
        if let stopRequest {
            change(to: .stopped, reason: stopRequest.reason)
        } else {
            change(to: .completed)
        }
        try flush()
    }

    private func fail(_ reason: String) {
        note([.log(.error, reason)])
        change(to: .failed, reason: reason)
        // What cannot be written down any more is at least shown to those who ask.
        try? flush()
    }

    /// Plays the evaluation's episodes, hearing others after each.
    private func evaluate(_ session: TrainingSession) async throws {
        var evaluation = try session.makeEvaluation(environments)
        var start = clock.monotonic()
        while stopRequest == nil, try evaluation.playNextEpisode(pool: share.pool) {
            session.addEvaluation(seconds: clock.monotonic() - start)
            await hearOthers()
            start = clock.monotonic()
        }
        guard let summary = evaluation.summary else { return }
        note([.evaluation(summary)])
        if session.takeIn(summary) {
            record.best = BestResult(meanReturn: summary.meanReturn, checkpoint: nil)
            _ = try save(session, evaluation: summary.meanReturn, isBest: true)
        }
        try flush()
    }

    private func saveAsPlanned(_ session: TrainingSession) throws {
        let isBest = session.isBestByTraining
        if isBest, let mean = session.meanReturn100 {
            record.best = BestResult(meanReturn: mean, checkpoint: nil)
        }
        _ = try save(session, evaluation: nil, isBest: isBest)
    }

    private func save(
        _ session: TrainingSession,
        evaluation: Double?,
        isBest: Bool
    ) throws -> CheckpointRecord {
        note([])
        let checkpoint = try recorder.save(
            session.checkpoint(),
            of: record,
            evaluation: evaluation,
            isBest: isBest
        )
        if isBest { record.best?.checkpoint = checkpoint.id }
        note([.checkpoint(checkpoint)])
        try flush()
        return checkpoint
    }

    /// Lets waiting requests in, and holds still while the job is paused.
    private func hearOthers() async {
        await Task.yield()
        while record.state == .paused {
            await withCheckedContinuation { whenResumed = $0 }
        }
    }

    private func goOn() {
        share.join()
        change(to: .running)
        whenResumed?.resume()
        whenResumed = nil
    }

    private func change(to state: JobState, reason: String? = nil) {
        record.state = state
        record.failure = reason
        if state.isEnd { record.endedAt = clock.date() }
        note([.state(state, reason: reason)])
    }

    /// Brings the record up to date and keeps the events for the next time they are written down.
    private func note(_ kinds: [TrainingEvent.Kind]) {
        session?.update(&record)
        let position = TrainingEvent.Position(record.progress)
        let time = clock.date()
        pending += kinds.map { TrainingEvent($0, at: position, time: time) }
    }

    private func flush() throws {
        lastFlush = clock.monotonic()
        try recorder.record(pending, of: record)
        pending = []
    }
}
