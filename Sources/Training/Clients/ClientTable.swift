internal import Dispatch
public import Environments
internal import Synchronization

/// The players of one job, between those that call and the loop that acts and learns.
///
/// Calls come at any time, from any thread; the loop takes all that wait at once, and answers them.
/// While the job does not run they are refused, and can come again later as they are.
public final class ClientTable: Sendable {
    /// What the agents of a player may be told of and do.
    public let specification: EnvironmentSpecification
    /// What comes in, before it is preprocessed.
    package let spaces: DeclaredSpaces
    /// Seconds after which a player that is not heard is gone.
    public let leaseSeconds: Double
    /// How many updates learning may lag behind the steps that were made.
    let maximumLagUpdates: Int
    private let job: String
    private let clock: JobClock
    private let shared: Mutex<Shared>
    private let waitingCount = Atomic(0)
    private let arrival = DispatchSemaphore(value: 0)

    private struct Shared {
        var book: PlayerBook
        /// Those that wait for an answer, by player.
        var waiters: [String: [Waiter]] = [:]
        /// The state the job is in; calls are taken while it runs.
        var state: JobState
    }

    private typealias Waiter = CheckedContinuation<Result<ClientAnswer, any Error>, Never>

    /// Creates the table of a job; nil of a job that no client plays.
    ///
    /// Options that a stored row should not have are those of no client either: the job fails when it
    /// makes its environments.
    package init?(_ record: JobRecord, in environments: EnvironmentCatalog, clock: JobClock) {
        let job = record.specification
        guard job.environment == ClientEnvironments.id,
            let options = try? ClientOptions(job.environmentOptions),
            let specification = try? environments.specification(
                of: job.environment,
                options: job.environmentOptions
            )
        else { return nil }
        self.specification = specification
        spaces = options.spaces
        leaseSeconds = options.leaseSeconds
        maximumLagUpdates = options.maximumLagUpdates
        self.job = record.id
        self.clock = clock
        let book = PlayerBook(
            seatCount: job.algorithm.environmentCount,
            leaseSeconds: options.leaseSeconds
        )
        shared = Mutex(Shared(book: book, state: record.state))
    }

    /// Takes in a player.
    /// - Throws: ``ClientError`` where there is no room, `JobConflict` where the job does not run.
    public func join(
        name: String?,
        mode: PlayerMode,
        agents: Int
    ) throws -> PlayerView {
        let now = clock.monotonic()
        return try shared.withLock { shared in
            if shared.state.isEnd {
                throw JobConflict(id: job, request: "play", state: shared.state)
            }
            let player = try shared.book.join(
                job: job,
                name: name,
                mode: mode,
                agentCount: agents,
                at: now
            )
            return PlayerView(player, job: job)
        }
    }

    /// Lets a player go; its episodes are cut as time-outs, and a call of its that waits is refused.
    /// - Throws: ``ClientError/noPlayer(_:)``.
    public func leave(_ id: String) throws(ClientError) {
        let waiters = try shared.withLock { shared throws(ClientError) in
            try shared.book.leave(id)
            noteWaiting(shared)
            return shared.waiters.removeValue(forKey: id) ?? []
        }
        for waiter in waiters { waiter.resume(returning: .failure(ClientError.noPlayer(id))) }
        arrival.signal()
    }

    /// A player as it stands.
    /// - Throws: ``ClientError/noPlayer(_:)``.
    public func player(_ id: String) throws(ClientError) -> PlayerView {
        let now = clock.monotonic()
        return try shared.withLock { shared throws(ClientError) in
            if shared.state == .running { shared.book.expire(at: now) }
            guard let player = shared.book.players[id] else { throw .noPlayer(id) }
            return PlayerView(player, job: job)
        }
    }

    /// All players, in the order they came.
    public var players: [PlayerView] {
        let now = clock.monotonic()
        return shared.withLock { shared in
            if shared.state == .running { shared.book.expire(at: now) }
            return shared.book.players.values
                .sorted { ($0.id.count, $0.id) < ($1.id.count, $1.id) }
                .map { PlayerView($0, job: job) }
        }
    }

    /// Hands in what a player's agents tell, and waits for what they are to do.
    ///
    /// - Parameters:
    ///   - call: What they tell, for each of them.
    ///   - sequence: The number of the call, from 1 on; the same again gets the same answer.
    ///   - id: The player.
    /// - Returns: What to do.
    /// - Throws: ``ClientError``, and `JobConflict` where the job does not run, nor is about to, or
    ///   stops meanwhile: then the call was not taken, and may come again.
    public func act(
        _ call: ClientCall,
        sequence: Int,
        of id: String
    ) async throws -> ClientAnswer {
        let now = clock.monotonic()
        // A job that was just made begins in a moment; one that waits its turn may do so for hours.
        let isQueued = shared.withLock { $0.state == .queued }
        let timer =
            !isQueued
            ? nil
            : Task {
                await clock.sleep(Self.queueSeconds)
                if !Task.isCancelled { self.refuseQueued(id) }
            }
        defer { timer?.cancel() }
        let result = await withCheckedContinuation { (waiter: Waiter) in
            let atOnce: Result<ClientAnswer, any Error>? = shared.withLock { shared in
                guard shared.state == .running || shared.state == .queued else {
                    return .failure(JobConflict(id: job, request: "act in", state: shared.state))
                }
                do {
                    switch try shared.book.post(call, sequence: sequence, of: id, at: now) {
                    case .answered(let answer): return .success(answer)
                    case .waits:
                        shared.waiters[id, default: []].append(waiter)
                        noteWaiting(shared)
                        return nil
                    }
                } catch {
                    return .failure(error)
                }
            }
            if let atOnce {
                waiter.resume(returning: atOnce)
            } else {
                arrival.signal()
            }
        }
        return try result.get()
    }

    /// Seconds that a call waits for a job that is queued.
    private static let queueSeconds = 10.0

    /// Refuses a player's call where the job is still queued.
    private func refuseQueued(_ id: String) {
        let refused = shared.withLock { shared in
            guard shared.state == .queued, shared.book.giveBackCalls(of: id).contains(id) else {
                return [Waiter]()
            }
            noteWaiting(shared)
            return shared.waiters.removeValue(forKey: id) ?? []
        }
        refuse(refused, .queued)
    }

    private func refuse(_ waiters: [Waiter], _ state: JobState) {
        for waiter in waiters {
            let conflict = JobConflict(id: job, request: "act in", state: state)
            waiter.resume(returning: .failure(conflict))
        }
    }

    private func noteWaiting(_ shared: Shared) {
        waitingCount.store(shared.book.waitingCount, ordering: .relaxed)
    }
}

/// The side of the loop, and of the job that it is part of.
extension ClientTable {
    /// Whether a call waits to be taken.
    var isCalled: Bool { waitingCount.load(ordering: .relaxed) > 0 }

    /// Returns when a call has come, a player has gone or the wait is ended, or after so many seconds.
    func waitForCalls(seconds: Double) {
        _ = arrival.wait(timeout: .now() + seconds)
    }

    /// Lets the loop go on that waits for calls.
    func endWait() { arrival.signal() }

    /// All calls that wait, and the seats whose episodes are to be cut.
    func take() -> (calls: [PlayerBook.Player], abandoned: [Int]) {
        let now = clock.monotonic()
        return shared.withLock { shared in
            defer { noteWaiting(shared) }
            return shared.book.take(at: now)
        }
    }

    /// Answers a call.
    func answer(_ id: String, _ answer: ClientAnswer) {
        let now = clock.monotonic()
        let waiters = shared.withLock { shared in
            shared.book.answer(id, answer, at: now)
            return shared.waiters.removeValue(forKey: id) ?? []
        }
        for waiter in waiters { waiter.resume(returning: .success(answer)) }
    }

    /// Notes the state of the job: calls that wait are refused where it does not run any more.
    package func note(_ state: JobState) {
        let now = clock.monotonic()
        let refused = shared.withLock { shared in
            let wasRunning = shared.state == .running
            shared.state = state
            if state == .running, !wasRunning { shared.book.renewLeases(at: now) }
            if state == .running || state == .queued { return [Waiter]() }
            let ids = shared.book.giveBackCalls()
            noteWaiting(shared)
            return ids.flatMap { shared.waiters.removeValue(forKey: $0) ?? [] }
        }
        refuse(refused, state)
    }

    /// Refuses every call that the loop has taken and will not answer: it has failed, or ended.
    func end(_ state: JobState) {
        note(state)
        let waiters = shared.withLock { shared in
            defer { shared.waiters = [:] }
            return shared.waiters.values.flatMap(\.self)
        }
        refuse(waiters, state)
    }
}

/// A player as clients see it.
public struct PlayerView: Equatable, Sendable {
    /// Its id.
    public let id: String
    /// The job it plays.
    public let job: String
    /// What people call it.
    public let name: String?
    /// Whether it is learned from.
    public let mode: PlayerMode
    /// How many agents it has.
    public let agentCount: Int
    /// The number of its newest call.
    public let sequence: Int
    /// What is measured of it.
    public let statistics: PlayerStatistics

    init(_ player: PlayerBook.Player, job: String) {
        id = player.id
        self.job = job
        name = player.name
        mode = player.mode
        agentCount = player.agents.count
        sequence = player.sequence
        statistics = player.statistics
    }
}
