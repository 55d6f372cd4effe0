internal import Checkpoints
internal import DeepQLearning

/// How a job is written down, and what it does where it cannot be.
///
/// A recorder that refuses (a database that another program has locked, a full disk) must cost
/// neither what was learned nor the job. Training waits and the job tries again; after ten seconds it
/// holds still as `paused`, with the reason, and goes on trying until it can be written down. It
/// hears others all the while, and what it says of itself is what holds.
extension TrainingJob {
    /// Seconds of trying after which a job holds still.
    static let retrySeconds = 10.0
    private static let secondsBetweenTries = 0.25
    private static let secondsBetweenTriesWhileHeld = 1.0

    /// Writes until the recorder takes it.
    /// - Throws: `JobForgotten` and `PolicyNotFinite`, for which there is no use in trying again.
    func persist<Kept>(_ write: () throws -> Kept) async throws -> Kept {
        var firstFailure: Double?
        while true {
            do {
                let kept = try write()
                if heldReason != nil { goOn() }
                return kept
            } catch let error where error is JobForgotten || error is PolicyNotFinite {
                throw error
            } catch {
                let now = clock.monotonic()
                if firstFailure == nil { notify(.writeFailed, reason: "\(error)") }
                let start = firstFailure ?? now
                firstFailure = start
                tellWaiters(.failure(error))
                if now - start >= Self.retrySeconds { hold("\(error)") }
                board.post(record)
            }
            await clock.sleep(
                record.state == .running
                    ? Self.secondsBetweenTries : Self.secondsBetweenTriesWhileHeld
            )
        }
    }

    /// Holds a running job still until it can be written down; one that is to stop only waits.
    private func hold(_ reason: String) {
        guard record.state == .running, requests.stop == nil else { return }
        holdStill()
        heldReason = reason
        change(
            to: .paused,
            reason: "it holds still because it cannot be written down, and goes on by itself as "
                + "soon as it can: \(reason)"
        )
        notify(.held, reason: reason)
    }

    /// Writes a checkpoint of the policy at this moment.
    func save(
        _ session: TrainingSession,
        evaluation: Double?,
        isBest: Bool
    ) async throws -> CheckpointRecord {
        note([])
        let lent = Lent(session)
        let policy = try await work { lent.value.policy() }
        try policy.checkFinite()
        let checkpoint = try await persist {
            try recorder.save(policy, of: record, evaluation: evaluation, isBest: isBest)
        }
        if isBest { record.best?.checkpoint = checkpoint.id }
        lastCheckpoint = SavedCheckpoint(checkpoint)
        didSave(checkpoint, session)
        try await persist { try flush() }
        return checkpoint
    }

    func didSave(_ checkpoint: CheckpointRecord, _ session: TrainingSession) {
        session.schedule.didSaveCheckpoint(at: session.agentSteps)
        note([.checkpoint(checkpoint)])
    }

    func change(to state: JobState, reason: String? = nil) {
        record.state = state
        record.failure = reason
        clients?.note(state)
        if state.isEnd { record.endedAt = clock.date() }
        note([.state(state, reason: reason)])
        board.post(record)
    }

    /// Brings the record up to date and keeps the events for the next time they are written down.
    func note(_ kinds: [TrainingEvent.Kind]) {
        if let session, !isWorking {
            record.progress = session.progress
            record.latest = session.metrics.latest
        }
        let time = clock.date()
        take(kinds.map { TrainingEvent($0, at: record.progress.position, time: time) })
    }

    /// Keeps events for the next time they are written down.
    func take(_ events: [TrainingEvent]) {
        pending += events
        for event in events {
            if case .log(.warning, let message) = event.kind {
                notify(.environmentFailed, reason: message)
            }
        }
    }

    /// Tells those who watch the job and those who run the server.
    func warn(_ kind: JobNotice.Kind, _ message: String) {
        pending.append(
            TrainingEvent(
                .log(.warning, message),
                at: record.progress.position,
                time: clock.date()
            )
        )
        notify(kind, reason: message)
    }

    /// Writes down what has happened, in one attempt.
    func flush() throws {
        lastFlush = clock.monotonic()
        try recorder.record(pending, of: record)
        pending = []
        board.post(record)
    }
}

extension PolicyCheckpoint {
    /// Throws where a weight is no number: such a policy is never kept.
    func checkFinite() throws(PolicyNotFinite) {
        guard policy.function.isFinite else {
            throw PolicyNotFinite(
                agentSteps: policy.agentSteps,
                gradientUpdates: policy.gradientUpdates
            )
        }
    }
}

extension PolicySnapshot.Function {
    /// Whether every weight is a number.
    var isFinite: Bool {
        switch self {
        case .network(_, let parameters): parameters.allSatisfy(\.isFinite)
        case .table(let table): table.values.allSatisfy(\.isFinite)
        }
    }
}
