internal import Environments
internal import Snapshots

/// How a job outlives its server, however that ends: it goes on from a snapshot, to the bit.
///
/// Snapshots are taken every minute or so, when the job is paused, and when the server ends. What
/// was kept of the job after the one it goes on from is taken back, for it happens again.
extension TrainingJob {
    /// Makes a session where the job was left, or at its beginning.
    ///
    /// A snapshot that is torn is passed over; where none is whole the job begins again, and comes
    /// by the same way to where it was.
    /// - Throws: Where a snapshot is whole and does not fit, too.
    func makeSession() async throws -> TrainingSession {
        let folder = try recorder.snapshots(of: id)
        for file in folder.files {
            let made = try await makeNewSession()
            let place: SnapshotPlace?
            do {
                let lent = Lent(made)
                place = try await work { try lent.value.restore(from: folder.open(file)) }
            } catch SnapshotError.damaged(let path, let reason) {
                warn(.snapshotFailed, "a snapshot is passed over, \(path) is torn: \(reason)")
                continue
            }
            if let place { try await goOn(from: made, place) }
            note([.log(.info, "it goes on from its snapshot at \(made.agentSteps) agent steps")])
            return made
        }
        let made = try await makeNewSession()
        if record.startedAt != nil {
            try await goOn(from: made, SnapshotPlace(lastEvent: 0))
            note([.log(.warning, "it begins again: there is no snapshot to go on from")])
        }
        return made
    }

    private func makeNewSession() async throws -> TrainingSession {
        let (specification, environments, cores) = (record.specification, environments, share.cores)
        let (requests, clock, clients) = (requests, clock, clients)
        return try await work {
            Lent(
                try TrainingSession(
                    specification,
                    environments,
                    workers: cores,
                    interruption: requests.interruption,
                    clients: clients,
                    isStopped: { requests.isStopped },
                    isInterrupted: { requests.isSliceOver(at: clock.monotonic()) }
                )
            )
        }.value
    }

    /// Takes back what was kept of the job after its session's moment.
    private func goOn(from made: TrainingSession, _ place: SnapshotPlace) async throws {
        record.progress = made.progress
        record.latest = made.metrics.latest
        record.best = place.best
        lastCheckpoint = place.lastCheckpoint
        try await persist { try recorder.rewind(record, toEvent: place.lastEvent) }
    }

    /// Takes a snapshot if it is time for one, and tells why the last one could not be written.
    func takeSnapshotIfDue() async throws {
        guard let session, let keeper else { return }
        if let failure = keeper.takeFailure() { warnOfSnapshot(failure) }
        guard keeper.isDue else { return }
        try await persist { try flush() }
        do {
            try takeSnapshot(session, keeper)
        } catch {
            warnOfSnapshot("\(error)")
        }
    }

    private func takeSnapshot(_ session: TrainingSession, _ keeper: SnapshotKeeper) throws {
        var place = SnapshotPlace(record, lastEvent: try recorder.lastEvent(of: id))
        place.lastCheckpoint = lastCheckpoint
        try keeper.take(session, place, recorder)
    }

    /// Writes down all that the job needs to go on, in the state it is in.
    /// - Returns: Whether it could be; it cannot where nothing is kept of jobs.
    func suspend(_ session: TrainingSession) async throws -> Bool {
        guard let keeper else { return false }
        session.rest()
        try await persist {
            try flush()
            try takeSnapshot(session, keeper)
            keeper.finish()
            if let failure = keeper.takeFailure() { throw SnapshotFailure(reason: failure) }
        }
        notify(.suspended)
        return true
    }

    /// Removes the snapshots of a job that has run to its end.
    func endSnapshots() {
        keeper?.finish()
        if record.state.isEnd, session != nil { try? recorder.snapshots(of: id).remove() }
    }

    private func warnOfSnapshot(_ reason: String) {
        warn(.snapshotFailed, "no snapshot was written, the one before holds: \(reason)")
    }
}

/// Why a snapshot could not be written.
private struct SnapshotFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
