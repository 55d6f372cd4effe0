internal import BackgroundQueues
public import Environments

/// One training run, on a queue of its own, that can be paused, resumed and stopped at any time.
///
/// It trains in slices of a few milliseconds on another queue, and hears others meanwhile; see
/// `TrainingJob+Work.swift`. What `pause`, `resume` and `stop` return has happened. What happens in it is written down
/// several times a second; see `TrainingJob+Writing.swift` for what it does where that fails.
public actor TrainingJob {
    /// The job's name in URLs.
    public nonisolated let id: String
    /// The job as it stands.
    public internal(set) var record: JobRecord
    private nonisolated let executor: SerialQueueExecutor
    /// Where slices of work run.
    nonisolated let workQueue: BlockingQueue
    nonisolated let requests = JobRequests()
    /// Who plays, where the job's environment is a client's; nil where it is not.
    public nonisolated let clients: ClientTable?
    let environments: EnvironmentCatalog
    let recorder: any TrainingRecorder
    let share: ComputeShare
    let clock: JobClock
    let board: JobBoard
    /// What it was promised, or waits for; nil where nobody counts.
    nonisolated let memory: JobMemory?
    let notify: @Sendable (JobNotice) -> Void
    private let places: JobPlaces
    var session: TrainingSession?
    /// Whether a slice of work is under way: the session is not to be touched.
    var isWorking = false
    /// The newest checkpoint that is kept, as far as this server and the snapshot before it know.
    var lastCheckpoint: SavedCheckpoint?
    /// What the agent saw when it was looked at last.
    var lastView: AgentView?
    var lastViewAt = 0.0
    var whenSliceEnds: [CheckedContinuation<Void, Never>] = []
    /// What happened and is not written down yet.
    var pending: [TrainingEvent] = []
    var lastFlush = 0.0
    /// Why the job holds itself still; nil where it runs, or a person has paused it.
    var heldReason: String?
    /// Seconds between two snapshots; nil where none are taken.
    let snapshotSeconds: Double?
    /// What takes the snapshots, while the job runs.
    var keeper: SnapshotKeeper?
    var isLive = false
    private var isSharingCores = false
    private var whenResumed: CheckedContinuation<Void, Never>?
    var whenEnded: [CheckedContinuation<Void, any Error>] = []

    /// Creates a job that waits to be run.
    ///
    /// - Parameters:
    ///   - record: The job as it was asked for.
    ///   - environments: Where its environments come from.
    ///   - recorder: Where it writes down what happens.
    ///   - share: The cores it runs on.
    ///   - clock: What tells it the time.
    ///   - snapshotSeconds: Seconds between two snapshots; nil for none.
    ///   - notify: Told what belongs into the server's log.
    public init(
        _ record: JobRecord,
        environments: EnvironmentCatalog,
        recorder: any TrainingRecorder,
        share: ComputeShare,
        clock: JobClock,
        snapshotSeconds: Double? = nil,
        notify: @escaping @Sendable (JobNotice) -> Void = { _ in }
    ) {
        self.init(
            record,
            environments: environments,
            recorder: recorder,
            share: share,
            clock: clock,
            board: JobBoard(),
            memory: nil,
            snapshotSeconds: snapshotSeconds,
            notify: notify,
            places: .unlimited
        )
    }

    init(
        _ record: JobRecord,
        environments: EnvironmentCatalog,
        recorder: any TrainingRecorder,
        share: ComputeShare,
        clock: JobClock,
        board: JobBoard,
        memory: JobMemory?,
        snapshotSeconds: Double?,
        notify: @escaping @Sendable (JobNotice) -> Void,
        places: JobPlaces
    ) {
        id = record.id
        // What was running when the last server ended waits its turn.
        var record = record
        if record.state == .running { record.state = .queued }
        self.record = record
        clients = ClientTable(record, in: environments, clock: clock)
        self.places = places
        self.environments = environments
        self.recorder = recorder
        self.share = share
        self.clock = clock
        self.board = board
        self.memory = memory
        self.snapshotSeconds = snapshotSeconds
        self.notify = notify
        executor = SerialQueueExecutor(label: "dqn.job.\(record.id)")
        workQueue = BlockingQueue(label: "dqn.work.\(record.id)", priority: .training)
        board.post(record)
    }

    /// The job's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Trains until the job ends, and returns when all is written down.
    public func run() async {
        if record.state == .queued, !isLive {
            await liveToTheEnd()
        } else if !pending.isEmpty {
            // It was stopped while it waited, and that could not be written down.
            try? await persist { try flush() }
        }
    }

    func liveToTheEnd() async {
        isLive = true
        shareCores()
        await live()
        giveBackCores()
        endSnapshots()
        clients?.end(record.state)
        // The replay memory goes back to the system.
        (session, keeper) = (nil, nil)
        memory?.giveUp()
        isLive = false
        tellWaiters(.success(()))
    }

    /// Holds the job still; asking it of a paused job changes nothing.
    ///
    /// It gives its place to those that wait, and keeps its memory.
    /// - Throws: `JobConflict`, or what the recorder throws where this cannot be written down: then
    ///   the job is paused all the same, and writes it down as soon as it can.
    public func pause() async throws -> JobRecord {
        await sliceEnd()
        let outcome = Result { try pauseNow() }
        if record.state == .paused, heldReason == nil { await places.leave(self) }
        return try outcome.get()
    }

    /// Lets a paused job go on; asking it of a running job changes nothing.
    ///
    /// Where others have its place by now it waits its turn, `queued`.
    /// - Throws: As `pause`.
    public func resume() async throws -> JobRecord {
        switch record.state {
        case .running: return record
        case .paused where session == nil:
            change(to: .queued)
            await places.queue(self)
            try flush()
            return record
        case .paused:
            let hasPlace = if heldReason != nil { true } else { await places.take(self) }
            // Others may have been heard meanwhile.
            guard record.state == .paused else { return record }
            if hasPlace { goOn() } else { change(to: .queued) }
            try flush()
            return record
        case .queued where session != nil: return record
        case .queued, .completed, .stopped, .failed:
            throw JobConflict(id: id, request: "resume", state: record.state)
        }
    }

    /// Ends the job, with a checkpoint of what it has learned; asking it of a stopped job changes
    /// nothing.
    ///
    /// - Parameter reason: Why, where it is not what a person asked for.
    /// - Returns: The job when it has ended.
    /// - Throws: `JobConflict` where the job has ended otherwise, and what the recorder throws where
    ///   its end cannot be written down: then it ends as soon as it can.
    public nonisolated func stop(reason: String? = nil) async throws -> JobRecord {
        try await stop(.request(reason: reason))
    }

    /// Writes the job down where it is, to go on there later, and ends it for now.
    ///
    /// - Parameter reason: Why, for the record of a job that cannot go on later.
    /// - Throws: As `stop`.
    public nonisolated func suspend(reason: String) async throws {
        _ = try await stop(.shutdown(reason: reason))
    }

    nonisolated func stop(_ request: StopRequest) async throws -> JobRecord {
        requests.requestStop(request)
        clients?.endWait()
        // What is cut short by the server's end is to go on: only what is stopped needs no answers.
        if request.isShutdown {
            requests.interruption.raise()
        } else {
            requests.interruption.abandon()
        }
        defer { if request.isShutdown { requests.interruption.lower() } }
        return try await stopNow(request)
    }

    /// Goes on in a place that has become free.
    /// - Returns: Whether the job has use for it.
    func goOnInPlace() -> Bool {
        guard record.state == .queued, session != nil else { return record.state == .running }
        goOn()
        return true
    }

    private func pauseNow() throws -> JobRecord {
        switch record.state {
        case .paused:
            if heldReason != nil {
                heldReason = nil
                change(to: .paused)
                notify(.paused)
            }
            if !pending.isEmpty { try flush() }
        case .running,
            .queued where session != nil:
            keeper?.request()
            change(to: .paused)
            notify(.paused)
            try flush()
        case .queued, .completed, .stopped, .failed:
            throw JobConflict(id: id, request: "pause", state: record.state)
        }
        return record
    }

    /// Lets waiting requests in, and holds still while the job is paused.
    func hearOthers() async throws {
        await Task.yield()
        if isStill, let session {
            try await rest(session)
            if isStill { giveBackCores() }
        }
        try await takeSnapshotIfDue()
        while isStill, requests.stop?.isShutdown != true {
            try await takeSnapshotIfDue()
            if pending.isEmpty {
                await withCheckedContinuation { whenResumed = $0 }
            } else {
                try await persist { try flush() }
            }
        }
    }

    /// Gives the cores to others.
    func holdStill() {
        session?.rest()
        giveBackCores()
    }

    func goOn() {
        shareCores()
        heldReason = nil
        change(to: .running)
        notify(.resumed)
        wake()
    }

    func wake() {
        whenResumed?.resume()
        whenResumed = nil
    }

    private func shareCores() {
        guard !isSharingCores else { return }
        isSharingCores = true
        share.join()
    }

    private func giveBackCores() {
        guard isSharingCores else { return }
        isSharingCores = false
        share.leave()
    }

    func notify(_ kind: JobNotice.Kind, reason: String? = nil) {
        notify(
            JobNotice(job: id, kind: kind, reason: reason, agentSteps: record.progress.agentSteps)
        )
    }
}
