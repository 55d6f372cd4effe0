internal import DeepQLearning
internal import Snapshots
internal import Synchronization

/// Takes the snapshots of a running job: captured between two of its steps, written beside them.
///
/// Lives on the job's queue.
final class SnapshotKeeper {
    private let journal: FrameJournal
    private let clock: JobClock
    private let periodSeconds: Double
    private var nextNumber: Int
    /// When the next one is to be taken, by the monotonic clock.
    private var dueAt: Double
    private var isRequested = false
    private let background = Background()

    /// Capturing takes at most this share of the time.
    private static let captureShare = 0.01

    private final class Background: Sendable {
        let state = Mutex((writing: 0, failure: String?.none))
    }

    /// Keeps snapshots in a folder, which is made where it is not there.
    ///
    /// - Parameters:
    ///   - folder: Where they lie.
    ///   - periodSeconds: Seconds between two; more where capturing one takes long.
    ///   - clock: Tells when it is time.
    /// - Throws: Where the folder cannot be made.
    init(
        _ folder: SnapshotFolder,
        periodSeconds: Double,
        clock: JobClock
    ) throws(SnapshotError) {
        journal = try folder.makeJournal()
        nextNumber = folder.nextNumber
        self.periodSeconds = periodSeconds
        self.clock = clock
        dueAt = clock.monotonic() + periodSeconds
    }

    /// Whether a snapshot is to be taken now.
    var isDue: Bool {
        isRequested
            || clock.monotonic() >= dueAt && background.state.withLock { $0.writing == 0 }
    }

    /// Asks for a snapshot before its time.
    func request() { isRequested = true }

    /// Hands over the frames that have come since the last time.
    func follow(_ session: TrainingSession) { session.loop.agent.write(to: journal) }

    /// Captures a session, and lets what was captured be written.
    ///
    /// - Parameters:
    ///   - session: Between two steps.
    ///   - place: What is known of the job beside the session.
    ///   - recorder: Made to keep all that it knows, before the snapshot gets its name.
    /// - Throws: Where a part cannot be saved.
    func take(
        _ session: TrainingSession,
        _ place: SnapshotPlace,
        _ recorder: any TrainingRecorder
    ) throws {
        let start = clock.monotonic()
        isRequested = false
        dueAt = start + periodSeconds
        let writer = SnapshotWriter(journal: journal)
        try session.write(to: writer)
        try writer.write(SnapshotPlace.section, json: place)
        dueAt = start + max(periodSeconds, (clock.monotonic() - start) / Self.captureShare)
        background.state.withLock { $0.writing += 1 }
        journal.store(
            writer.finish(),
            number: nextNumber,
            prepare: { try recorder.sync() },
            done: { [background] result in
                background.state.withLock { state in
                    state.writing -= 1
                    if case .failure(let error) = result { state.failure = "\(error)" }
                }
            }
        )
        nextNumber += 1
    }

    /// Why a snapshot could not be written since the last call.
    func takeFailure() -> String? {
        background.state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
    }

    /// Blocks until nothing is being written.
    func finish() { journal.finish() }
}

/// What a snapshot knows of a job beside its session.
struct SnapshotPlace: Codable {
    static let section = "job"

    /// The number of the last event that was kept.
    var lastEvent: Int
    /// Mean return of the best so far.
    var bestMeanReturn: Double?
    /// The checkpoint that holds it.
    var bestCheckpoint: String?
    /// The newest that is kept.
    var lastCheckpoint: SavedCheckpoint?

    /// How a job stands; without one, as it was at its beginning.
    init(_ job: JobRecord? = nil, lastEvent: Int) {
        self.lastEvent = lastEvent
        (bestMeanReturn, bestCheckpoint) = (job?.best?.meanReturn, job?.best?.checkpoint)
    }

    var best: BestResult? {
        bestMeanReturn.map { BestResult(meanReturn: $0, checkpoint: bestCheckpoint) }
    }
}
