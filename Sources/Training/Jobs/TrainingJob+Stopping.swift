internal import Environments

/// How a job comes to its end because somebody asks for it.
extension TrainingJob {
    func stopNow(_ request: StopRequest) async throws -> JobRecord {
        switch record.state {
        case .stopped:
            if !pending.isEmpty { try flush() }
        case .completed, .failed:
            throw JobConflict(id: id, request: "stop", state: record.state)
        case .queued, .paused:
            if session == nil {
                try await stopWaiting(request)
            } else {
                if case .shutdown = request { wake() } else { goOn() }
                try await waitForEnd()
            }
        case .running:
            // It may have been suspended since it was asked.
            if isLive { try await waitForEnd() }
        }
        return record
    }

    /// Ends a job that has not begun, or not gone on since the last server ended.
    private func stopWaiting(_ request: StopRequest) async throws {
        // It stays as it is, for the next server.
        if request.isShutdown {
            requests.interruption.abandon()
            return
        }
        if isLive { return try await waitForEnd() }
        if record.startedAt != nil {
            // What it has learned lies in its snapshot, and is to become a checkpoint.
            return await liveToTheEnd()
        }
        memory?.giveUp()
        change(to: .stopped, reason: request.reason)
        notify(.stopped, reason: request.reason)
        try flush()
    }

    private func waitForEnd() async throws {
        try await withCheckedThrowingContinuation { whenEnded.append($0) }
    }

    /// Lets those go who wait for the job's end: it has ended, or cannot end for now.
    func tellWaiters(_ result: Result<Void, any Error>) {
        for waiter in whenEnded { waiter.resume(with: result) }
        whenEnded = []
    }
}
