internal import BackgroundQueues
public import Checkpoints
internal import DeepQLearning
internal import Environments

/// How a job trains and answers at the same time.
///
/// Slices of work (some steps, the start of a worker process, a restore) run on a queue of their own,
/// one after the other. Meanwhile the job hears others, and knows of its session what it was at the
/// last slice's end. A pause has happened when it is answered; where a step or an update takes long,
/// the one under way is still finished.
extension TrainingJob {
    /// Seconds of work between two moments at which a job may be held still.
    static let sliceSeconds = 0.02
    /// Seconds that others wait for the end of the slice under way, to find the job between two; it
    /// may be long where a worker hangs or an update is large.
    private static let patienceSeconds = 0.25
    /// Seconds that a slice waits for clients where there is nothing else to do; whoever waits for the
    /// slice ends that.
    private static let idleSeconds = 0.25
    /// Seconds between two looks at a job that nobody has asked for.
    private static let viewPeriodSeconds = 1.0

    /// Runs one slice of work; others are heard meanwhile.
    func work<Outcome: Sendable>(
        _ body: @escaping @Sendable () throws -> Outcome
    ) async throws -> Outcome {
        requests.beginSlice(until: clock.monotonic() + Self.sliceSeconds)
        isWorking = true
        defer { endWork() }
        return try await workQueue.run(body)
    }

    private func endWork() {
        isWorking = false
        tellOfSliceEnd()
    }

    /// Returns when the slice under way has ended, or takes longer than most.
    func sliceEnd() async {
        guard isWorking else { return }
        clients?.endWait()
        let timer = Task {
            await clock.sleep(Self.patienceSeconds)
            if !Task.isCancelled { self.tellOfSliceEnd() }
        }
        await withCheckedContinuation { whenSliceEnds.append($0) }
        timer.cancel()
    }

    /// Whether a slice is under way whose time is over, for tests.
    package func isWorkingLong() -> Bool {
        isWorking && requests.isSliceOver(at: clock.monotonic())
    }

    private func tellOfSliceEnd() {
        for waiter in whenSliceEnds { waiter.resume() }
        whenSliceEnds = []
    }

    /// Returns when nothing is computed in the background.
    func rest(_ session: TrainingSession) async throws {
        let lent = Lent(session)
        try await work { lent.value.rest() }
    }

    /// Trains for a slice, and notes what came of it.
    func trainSlice(_ session: TrainingSession, until agentSteps: Int) async throws {
        let lent = Lent((session, keeper))
        let (share, clock) = (share, clock)
        let events = Lent(EventList())
        defer {
            take(events.value.events)
            note([])
            lookIfDue(session)
        }
        try await work {
            let (session, keeper) = lent.value
            var now = clock.monotonic()
            let end = now + Self.sliceSeconds
            repeat {
                let kinds = try session.step(waitingAtMost: Self.idleSeconds, pool: share.pool)
                let before = now
                now = clock.monotonic()
                session.trainingSeconds += now - before
                events.value.add(kinds, session, clock)
                keeper?.follow(session)
            } while now < end && session.agentSteps < agentSteps
        }
    }

    /// What happened in a slice, also where its end is an error.
    private final class EventList {
        private(set) var events: [TrainingEvent] = []

        func add(_ kinds: [TrainingEvent.Kind], _ session: TrainingSession, _ clock: JobClock) {
            guard !kinds.isEmpty else { return }
            let (position, time) = (session.progress.position, clock.date())
            events += kinds.map { TrainingEvent($0, at: position, time: time) }
        }
    }

    /// Plays a slice of an evaluation.
    /// - Returns: Its outcome, where it is over.
    func evaluateSlice(
        _ evaluation: Evaluation,
        _ session: TrainingSession
    ) async throws -> EvaluationSummary? {
        let lent = Lent(evaluation)
        let (share, clock) = (share, clock)
        let count = record.specification.evaluation?.episodes ?? 1
        let start = clock.monotonic()
        defer { session.evaluationSeconds += clock.monotonic() - start }
        let (summary, failures) = try await work {
            let evaluation = lent.value
            var failures: [String] = []
            repeat {
                try evaluation.step(pool: share.pool, failures: &failures)
                if evaluation.episodes.count == count {
                    return (EvaluationSummary?.some(evaluation.summary), failures)
                }
            } while clock.monotonic() < start + Self.sliceSeconds
            return (nil, failures)
        }
        note(
            failures.map { reason in
                .log(
                    .warning,
                    "the environment of an evaluation failed and is made anew: \(reason)"
                )
            }
        )
        return summary
    }

    /// Writes a checkpoint now, of what is acted on at the moment: nothing is waited for but an update
    /// under way.
    public func takeCheckpoint() async throws -> CheckpointRecord {
        await sliceEnd()
        guard let session else {
            throw JobConflict(id: id, request: "take a checkpoint of", state: record.state)
        }
        note([])
        let policy = session.actingPolicy()
        try policy.checkFinite()
        let checkpoint = try recorder.save(policy, of: record, evaluation: nil, isBest: false)
        lastCheckpoint = SavedCheckpoint(checkpoint)
        // What is planned is saved all the same: it may know of updates that are under way now.
        note([.checkpoint(checkpoint)])
        try flush()
        return checkpoint
    }

    /// What the agent acts on at the moment; nil while the job does not run.
    public func policy() async -> PolicyCheckpoint? {
        await sliceEnd()
        return session?.actingPolicy()
    }

    /// What the agent sees now, and what it thinks of it; nil before the first step.
    ///
    /// Where the job cannot be looked at for a while, as in a long update, it is what it saw before.
    public func view() async -> AgentView? {
        await sliceEnd()
        if let session, !isWorking { look(session) }
        return session == nil ? nil : lastView
    }

    private func lookIfDue(_ session: TrainingSession) {
        if clock.monotonic() - lastViewAt >= Self.viewPeriodSeconds { look(session) }
    }

    private func look(_ session: TrainingSession) {
        lastView = session.view(pool: share.pool)
        lastViewAt = clock.monotonic()
    }
}
