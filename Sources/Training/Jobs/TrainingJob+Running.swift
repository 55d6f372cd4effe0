internal import BackgroundQueues
internal import Checkpoints
internal import DeepQLearning

extension TrainingJob {
    /// Seconds between two times at which events are written down.
    private static let flushSeconds = 0.25

    /// Whether it is paused, or waits for a place to go on.
    var isStill: Bool { record.state == .paused || record.state == .queued }

    /// The job's life from its first step to its end.
    func live() async {
        do {
            let session = try await begin()
            if try await perform(session) { try await end() }
        } catch {
            switch requests.stop {
            case .request(let reason)? where session == nil:
                // Its environments were being started.
                change(to: .stopped, reason: reason)
                notify(.stopped, reason: reason)
                try? await persist { try flush() }
            case .shutdown? where session == nil: break
            default: await fail(error)
            }
        }
    }

    private func begin() async throws -> TrainingSession {
        try memory?.check()
        let made = try await makeSession()
        if let snapshotSeconds {
            keeper = try SnapshotKeeper(
                recorder.snapshots(of: id),
                periodSeconds: snapshotSeconds,
                clock: clock
            )
        }
        session = made
        let hadBegun = record.startedAt != nil
        record.startedAt = record.startedAt ?? clock.date()
        change(to: .running)
        notify(hadBegun ? .resumed : .started)
        try await persist { try flush() }
        return made
    }

    /// Performs what the schedule says until there is nothing more to do.
    /// - Returns: Whether the job is over; one that is suspended goes on with the next server.
    private func perform(_ session: TrainingSession) async throws -> Bool {
        while true {
            // It may have been paused while something was written.
            if isStill { try await hearOthers() }
            switch session.next(stop: requests.stop) {
            case .train(let agentSteps):
                try await trainSlice(session, until: agentSteps)
                try await flushIfDue()
                try await hearOthers()
            case .evaluate: try await evaluate(session)
            case .saveCheckpoint: try await saveAsPlanned(session)
            case .suspend:
                if try await suspend(session) { return false }
                session.schedule.didFailToSuspend()
            case .finishLearning:
                let lent = Lent(session)
                note(try await work { Lent(try lent.value.finishLearning()) }.value)
            case .end: return true
            }
        }
    }

    private func end() async throws {
        if let stop = requests.stop {
            change(to: .stopped, reason: stop.reason)
            notify(.stopped, reason: stop.reason)
        } else {
            change(to: .completed)
            notify(.completed)
        }
        try await persist { try flush() }
    }

    /// Ends the job for a reason, with a checkpoint of what it has learned.
    private func fail(_ error: any Error) async {
        note([.log(.error, "\(error)")])
        if let session, session.schedule.isCheckpointMissing(at: session.agentSteps) {
            session.rest()
            do {
                _ = try await save(session, evaluation: nil, isBest: false)
            } catch let error as PolicyNotFinite {
                note([.log(.error, "no last checkpoint: \(error)")])
            } catch {}
        }
        let reason = session == nil ? "\(error)" : "\(error) (\(lastState))"
        change(to: .failed, reason: reason)
        notify(.failed, reason: reason)
        try? await persist { try flush() }
    }

    /// Where a failed job stands, and what is left of it.
    private var lastState: String {
        let good =
            lastCheckpoint.map { "its last good checkpoint is \($0.id), of step \($0.agentSteps)" }
            ?? "it has no checkpoint"
        return "agent step \(record.progress.agentSteps); \(good)"
    }

    /// Plays the evaluation's episodes, hearing others in the middle of each.
    private func evaluate(_ session: TrainingSession) async throws {
        let evaluation = try session.makeEvaluation(environments)
        while requests.stop == nil {
            if let summary = try await evaluateSlice(evaluation, session) {
                note([.evaluation(summary)])
                let isBest = session.schedule.didEvaluate(
                    at: session.agentSteps,
                    meanReturn: summary.meanReturn
                )
                if isBest {
                    record.best = BestResult(meanReturn: summary.meanReturn, checkpoint: nil)
                    _ = try await save(session, evaluation: summary.meanReturn, isBest: true)
                }
                return try await persist { try flush() }
            }
            try await flushIfDue()
            try await hearOthers()
        }
    }

    private func saveAsPlanned(_ session: TrainingSession) async throws {
        var isBest = false
        if let mean = session.metrics.fullMeanReturn100 {
            isBest = session.schedule.didTrain(meanReturn: mean)
            if isBest { record.best = BestResult(meanReturn: mean, checkpoint: nil) }
        }
        _ = try await save(session, evaluation: nil, isBest: isBest)
    }

    private func flushIfDue() async throws {
        if clock.monotonic() - lastFlush >= Self.flushSeconds {
            try await persist { try flush() }
        }
    }
}
