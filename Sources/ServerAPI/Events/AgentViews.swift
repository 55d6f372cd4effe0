package import Training

/// What the agents of running jobs see, looked at once for all who ask at about the same time.
package actor AgentViews {
    /// Looks at a job's agent; nil where it has nothing to show.
    ///
    /// Gives `earlier` again where the agent has not moved since.
    package typealias Look =
        @Sendable (_ job: String, _ earlier: AgentView?) async -> (view: AgentView, cost: Duration)?

    private struct Entry {
        var shared: SharedView?
        /// The look under way.
        var looking: Task<SharedView?, Never>?
        var askedAt: ContinuousClock.Instant
    }

    private let look: Look
    private let clock: WatchClock
    private var entries: [String: Entry] = [:]

    /// A view that nobody has asked for since is given up.
    private static let keptFor = Duration.seconds(1)

    package init(clock: WatchClock = .system, look: @escaping Look) {
        self.look = look
        self.clock = clock
    }

    /// What a job's agent sees: as it was seen a moment ago, or a new look.
    func view(ofJob job: String) async -> SharedView? {
        let now = clock.now()
        entries = entries.filter {
            $0.value.looking != nil || now - $0.value.askedAt < Self.keptFor
        }
        entries[job, default: Entry(askedAt: now)].askedAt = now
        if let shared = entries[job]?.shared {
            let freshUntil = await shared.freshUntil
            if now < freshUntil { return shared }
        }
        if let looking = entries[job]?.looking { return await looking.value }
        let earlier = entries[job]?.shared
        let looking = Task { await self.lookAnew(job, earlier) }
        entries[job, default: Entry(askedAt: now)].looking = looking
        return await looking.value
    }

    private func lookAnew(_ job: String, _ earlier: SharedView?) async -> SharedView? {
        let looked = await look(job, earlier?.view)
        let now = clock.now()
        var shared: SharedView?
        if let looked {
            if let earlier, earlier.view.agentSteps == looked.view.agentSteps {
                await earlier.confirm(at: now)
                shared = earlier
            } else {
                shared = SharedView(looked.view, at: now, cost: looked.cost, clock: clock)
            }
        }
        entries[job] = shared.map { Entry(shared: $0, askedAt: now) }
        return shared
    }
}

extension AgentViews {
    /// Looks at the jobs of a scheduler.
    init(of scheduler: JobScheduler, clock: WatchClock = .system) {
        self.init(clock: clock) { id, earlier in
            await scheduler.job(id)?.look(after: earlier, now: clock.now)
        }
    }
}

extension TrainingJob {
    /// The view and what it took, or `earlier` where the agent has not moved since.
    fileprivate func look(
        after earlier: AgentView?,
        now: @Sendable () -> ContinuousClock.Instant
    ) async -> (view: AgentView, cost: Duration)? {
        guard !record.state.isEnd else { return nil }
        if let earlier, earlier.agentSteps == record.progress.agentSteps { return (earlier, .zero) }
        let start = now()
        guard let view = await view() else { return nil }
        return (view, now() - start)
    }
}
