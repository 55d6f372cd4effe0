internal import BackgroundQueues
public import Environments

/// All jobs that have not ended: lets as many run as there is room for, the others wait their turn.
public actor JobScheduler {
    private nonisolated let executor = SerialQueueExecutor(label: "dqn.scheduler")
    private let environments: EnvironmentCatalog
    private let recorder: any TrainingRecorder
    private let share: ComputeShare
    private let clock: JobClock
    private let maxRunningJobs: Int
    private var jobs: [String: TrainingJob] = [:]
    private var waiting: [TrainingJob] = []
    private var running: [String: Task<Void, Never>] = [:]
    private var isShuttingDown = false

    /// Creates a scheduler without jobs.
    ///
    /// - Parameters:
    ///   - environments: Where jobs get their worlds from.
    ///   - recorder: Where jobs write down what happens.
    ///   - share: The cores that jobs run on.
    ///   - clock: What tells jobs the time.
    ///   - maxRunningJobs: How many jobs may run or be paused at once.
    public init(
        environments: EnvironmentCatalog,
        recorder: any TrainingRecorder,
        share: ComputeShare,
        clock: JobClock,
        maxRunningJobs: Int
    ) {
        self.environments = environments
        self.recorder = recorder
        self.share = share
        self.clock = clock
        self.maxRunningJobs = maxRunningJobs
    }

    /// The scheduler's own queue: keeping a job waits for the disk.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Takes in a job, which runs as soon as there is room.
    ///
    /// - Parameters:
    ///   - specification: What to do, checked before.
    ///   - id: The job's name in URLs, not used before.
    /// - Returns: The job as it stands.
    /// - Throws: Where the recorder refuses.
    public func submit(_ specification: JobSpecification, id: String) async throws -> JobRecord {
        let record = JobRecord(id: id, specification: specification, createdAt: clock.date())
        try recorder.create(record)
        let job = TrainingJob(
            record,
            environments: environments,
            recorder: recorder,
            share: share,
            clock: clock
        )
        jobs[id] = job
        waiting.append(job)
        startWaiting()
        return record
    }

    /// The job of that id, unless it has ended.
    public func job(_ id: String) -> TrainingJob? {
        jobs[id]
    }

    /// Stops every job, and returns when all is written down.
    /// - Parameter reason: What the jobs' records are to say.
    public func shutDown(reason: String) async {
        isShuttingDown = true
        for job in jobs.values {
            _ = try? await job.stop(reason: reason)
        }
        for task in running.values {
            await task.value
        }
    }

    private func startWaiting() {
        while !isShuttingDown, running.count < maxRunningJobs, !waiting.isEmpty {
            let job = waiting.removeFirst()
            running[job.id] = Task {
                await job.run()
                self.didEnd(job.id)
            }
        }
    }

    private func didEnd(_ id: String) {
        running[id] = nil
        jobs[id] = nil
        startWaiting()
    }
}
