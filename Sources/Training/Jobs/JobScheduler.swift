internal import BackgroundQueues
public import Environments
public import MemoryBudgets

/// All jobs that have not ended: lets as many run as there is room for, the others wait their turn.
///
/// A running job has a place, of which there are `maxRunningJobs`. One that is paused gives its place
/// to those that wait, keeps its memory, and waits its turn when it is resumed.
public actor JobScheduler {
    private nonisolated let executor = SerialQueueExecutor(label: "dqn.scheduler")
    private nonisolated let board = JobBoard()
    private let environments: EnvironmentCatalog
    private let recorder: any TrainingRecorder
    private let share: ComputeShare
    private let clock: JobClock
    private let maxRunningJobs: Int
    private let memory: MemoryBudget
    private let snapshotSeconds: Double?
    private let notify: @Sendable (JobNotice) -> Void
    private var jobs: [String: TrainingJob] = [:]
    private var waiting: [TrainingJob] = []
    /// The jobs that have begun, paused ones too.
    private var running: [String: Task<Void, Never>] = [:]
    /// The jobs that have a place.
    private var places: Set<String> = []
    private var isShuttingDown = false

    /// Creates a scheduler without jobs.
    ///
    /// - Parameters:
    ///   - environments: Where jobs get their environments from.
    ///   - recorder: Where jobs write down what happens.
    ///   - share: The cores that jobs run on.
    ///   - clock: What tells jobs the time.
    ///   - maxRunningJobs: How many jobs may run at once.
    ///   - memory: What jobs are promised their memory of.
    ///   - snapshotSeconds: Seconds between two snapshots of a job; nil for none.
    ///   - notify: Told what belongs into the server's log.
    public init(
        environments: EnvironmentCatalog,
        recorder: any TrainingRecorder,
        share: ComputeShare,
        clock: JobClock,
        maxRunningJobs: Int,
        memory: MemoryBudget = MemoryBudget(.none),
        snapshotSeconds: Double? = 60,
        notify: @escaping @Sendable (JobNotice) -> Void = { _ in }
    ) {
        self.environments = environments
        self.recorder = recorder
        self.share = share
        self.clock = clock
        self.maxRunningJobs = maxRunningJobs
        self.memory = memory
        self.snapshotSeconds = snapshotSeconds
        self.notify = notify
        // Whoever gives memory back does not wait for what others make of it.
        memory.onFreed { [weak self] in Task { await self?.startWaiting() } }
    }

    /// The scheduler's own queue: keeping a job waits for the disk.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// What came of asking for a job.
    public enum Submission: Sendable {
        /// It is kept, and runs as soon as there is room.
        case accepted(JobRecord)
        /// The request was carried out before, and made that job.
        case repeated(job: String)
        /// The request's key came with another body before.
        case keyReused
    }

    /// Takes in a job, unless the same request has made one before.
    ///
    /// - Parameters:
    ///   - specification: What to do, checked before.
    ///   - id: The job's name in URLs, not used before.
    ///   - request: What tells a repetition of the request; nil where every request is a new one.
    /// - Returns: What came of it.
    /// - Throws: `MemoryExceeded` where the job would not fit even alone, and what the recorder throws.
    public func submit(
        _ specification: JobSpecification,
        id: String,
        for request: IdempotentRequest? = nil
    ) async throws -> Submission {
        let memory = claimMemory(of: specification)
        try memory.check()
        let record = JobRecord(id: id, specification: specification, createdAt: clock.date())
        // No other call comes in between: keeping a job does not suspend.
        switch try recorder.create(record, for: request) {
        case .created: break
        case .repeated(let job): return .repeated(job: job)
        case .keyReused: return .keyReused
        }
        notify(JobNotice(job: id, kind: .queued, reason: nil, agentSteps: 0))
        take(record, memory)
        startWaiting()
        return .accepted(record.waiting(for: waits()[id]))
    }

    /// Takes in jobs that had not ended when the last server did, the oldest first: those that ran or
    /// waited wait their turn, paused ones stay paused.
    public func takeIn(_ records: [JobRecord]) {
        for record in records where !record.state.isEnd && jobs[record.id] == nil {
            take(record, claimMemory(of: record.specification))
        }
        startWaiting()
    }

    /// Why each job that is queued does not run yet, by the jobs' ids.
    public func waits() -> [String: String] {
        var reasons: [String: String] = [:]
        for (index, job) in waiting.enumerated() {
            reasons[job.id] =
                if places.count >= maxRunningJobs {
                    "\(places.count) of at most \(maxRunningJobs) jobs are running"
                } else if index > 0 {
                    "job \(waiting[0].id) comes first, which waits for memory"
                } else {
                    job.memory?.shortage
                }
        }
        return reasons
    }

    /// The job of that id, unless it has ended.
    public func job(_ id: String) -> TrainingJob? {
        jobs[id]
    }

    /// The job of that id as it stands, unless it has ended: what holds, also where the recorder
    /// cannot be written and has an earlier state of it.
    public nonisolated func record(_ id: String) -> JobRecord? {
        board.find(id)
    }

    /// Who plays a job that has not ended; nil where that is no client.
    public nonisolated func clients(of id: String) -> ClientTable? {
        board.findClients(of: id)
    }

    /// Lets go of a job that has ended, when it is deleted: it may be about to return.
    public func forget(_ id: String) {
        waiting.removeAll { $0.id == id }
        letGo(id)
    }

    /// A job whose end could not be written down.
    public struct UnsavedJob: Sendable {
        /// The job.
        public var id: String
        /// Why it could not.
        public var reason: String
    }

    /// Suspends every job that has begun, and returns when all is written down or cannot be; those
    /// that wait go on waiting, for the next server.
    ///
    /// - Parameters:
    ///   - reason: What the jobs' records are to say.
    ///   - retrySeconds: How long a job that cannot be written down is tried again.
    /// - Returns: The jobs that could not be written down.
    public func shutDown(reason: String, retrySeconds: Double = 2) async -> [UnsavedJob] {
        isShuttingDown = true
        let stopping = running.keys.compactMap { jobs[$0] }
        let deadline = clock.monotonic() + retrySeconds
        let clock = clock
        let unsaved = await withTaskGroup(of: UnsavedJob?.self) { group in
            for job in stopping {
                group.addTask {
                    await Self.stop(job, reason: reason, until: deadline, clock)
                }
            }
            var unsaved: [UnsavedJob] = []
            for await job in group {
                if let job { unsaved.append(job) }
            }
            return unsaved
        }
        for (id, task) in running where !unsaved.contains(where: { $0.id == id }) {
            await task.value
        }
        return unsaved
    }

    private static func stop(
        _ job: TrainingJob,
        reason: String,
        until deadline: Double,
        _ clock: JobClock
    ) async -> UnsavedJob? {
        while true {
            do {
                _ = try await job.stop(.shutdown(reason: reason))
                return nil
            } catch is JobConflict {
                // It had come to its end by itself.
                return nil
            } catch {
                guard clock.monotonic() < deadline else {
                    return UnsavedJob(id: job.id, reason: "\(error)")
                }
                await clock.sleep(0.25)
            }
        }
    }

    private func claimMemory(of specification: JobSpecification) -> JobMemory {
        JobMemory(of: specification, in: environments, workers: share.cores, from: memory)
    }

    private func take(_ record: JobRecord, _ memory: JobMemory) {
        let job = TrainingJob(
            record,
            environments: environments,
            recorder: recorder,
            share: share,
            clock: clock,
            board: board,
            memory: memory,
            snapshotSeconds: snapshotSeconds,
            notify: notify,
            places: JobPlaces(
                queue: { [weak self] job in await self?.queue(job) },
                take: { [weak self] job in await self?.takePlace(for: job) ?? true },
                leave: { [weak self] job in await self?.leavePlace(of: job) }
            )
        )
        jobs[record.id] = job
        if let clients = job.clients { board.post(clients, of: record.id) }
        if record.state != .paused { waiting.append(job) }
    }

    private func queue(_ job: TrainingJob) {
        waiting.append(job)
        startWaiting()
    }

    private func startWaiting() {
        // In their order: a large job is not kept waiting by smaller ones that come later.
        while !isShuttingDown, places.count < maxRunningJobs, let job = waiting.first,
            job.memory?.isGranted ?? true
        {
            waiting.removeFirst()
            places.insert(job.id)
            if running[job.id] == nil {
                running[job.id] = Task {
                    await job.run()
                    self.didEnd(job.id)
                }
            } else {
                Task { if await !job.goOnInPlace() { self.leavePlace(of: job) } }
            }
        }
    }

    /// Takes a place for a job that is resumed, if one is free and nobody waits for it.
    private func takePlace(for job: TrainingJob) -> Bool {
        if places.contains(job.id) { return true }
        guard places.count < maxRunningJobs, waiting.isEmpty else {
            waiting.append(job)
            return false
        }
        places.insert(job.id)
        return true
    }

    private func leavePlace(of job: TrainingJob) {
        waiting.removeAll { $0.id == job.id }
        places.remove(job.id)
        startWaiting()
    }

    private func didEnd(_ id: String) {
        running[id] = nil
        places.remove(id)
        waiting.removeAll { $0.id == id }
        letGo(id)
        startWaiting()
    }

    private func letGo(_ id: String) {
        jobs[id] = nil
        board.remove(id)
    }
}
