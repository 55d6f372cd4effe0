internal import BackgroundQueues
internal import Dispatch
internal import ExperienceReplay
internal import NeuralNetworks
internal import RandomNumbers
internal import Synchronization
internal import Tensors

/// The learner on a queue of its own, and the parameters that are acted with meanwhile.
///
/// Its owner begins a round of updates, goes on acting, and ends the round one update period later.
/// Whatever else asks for the learner waits until no update is being made. On a pool of one core a
/// round is made in the owner's thread when it is waited for, with the same outcome.
///
/// No parameters are copied: a round's first update reads those that are acted with meanwhile and
/// writes what they become elsewhere.
///
/// The `@unchecked Sendable` holds because while a round is under way only `queue` touches
/// `learner`, `batches`, `round` and `left`, and the owner's thread at any other time: it calls
/// `wait` first. `before` is read by both during a round and changed by the owner between two.
final class LearnerLane: @unchecked Sendable {
    private var learner: DQNLearner
    private let targetPeriod: TargetUpdatePeriod
    private let queue = DispatchQueue(
        label: "dqn.learner",
        qos: ThreadPriority.training.qualityOfService
    )
    private let underWay = DispatchGroup()
    private let hasEnded = Atomic(false)
    private let isCancelled: @Sendable () -> Bool
    /// What is learned from, in exchange for what the owner fills meanwhile.
    private var batches: [TransitionBatch]
    private var round = LearningRound()
    /// Updates of the round that are left to be made.
    private var left = 0
    /// What the owner's thread makes the round on; nil where the queue makes it.
    private var ownPool: ComputePool?
    /// The updates that led to what is acted with during a round.
    private var updatesBefore = 0
    /// Whether a round was begun and not ended.
    private var hasBegun = false
    /// The network from before the round that was begun, which is acted with until its end; of no
    /// meaning at other times, and nil in a sequential schedule.
    private var before: Past?
    private var isTargetUpdateDue = false

    private final class Past {
        var network: QNetwork

        init(_ network: consuming QNetwork) {
            self.network = network
        }
    }

    init(
        _ learner: consuming DQNLearner,
        hyperparameters: DQNHyperparameters,
        stateByteCount: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(NetworkError) {
        self.isCancelled = isCancelled
        targetPeriod = hyperparameters.targetUpdatePeriod
        batches = []
        if hyperparameters.schedule == .overlapped {
            batches = hyperparameters.makeBatches(stateByteCount: stateByteCount)
            before = Past(
                try QNetwork(
                    network: learner.online.network,
                    head: learner.online.head,
                    copying: learner.online.parameters.span
                )
            )
        }
        self.learner = learner
    }

    /// Makes one update now and adds it to `round`.
    func learn(
        from batch: inout TransitionBatch,
        into round: inout LearningRound,
        pool: ComputePool
    ) {
        precondition(!hasBegun)
        let outcome = learner.learn(from: &batch, pool: pool)
        round.add(outcome, of: &learner, targetPeriod: targetPeriod)
    }

    /// Begins a round: an update from each of the first `count` batches, which become others to be
    /// filled.
    func begin(_ batches: inout [TransitionBatch], count: Int, pool: ComputePool) {
        guard let before, !hasBegun else {
            preconditionFailure("a round is begun in an overlapped schedule, after the last one")
        }
        swap(&self.batches, &batches)
        learner.exchangeOnline(with: &before.network)
        hasBegun = true
        (round, left, updatesBefore) = (LearningRound(), count, learner.optimizer.updateCount)
        if pool.width == 1 {
            ownPool = pool
        } else {
            ownPool = nil
            queue.async(group: underWay) {
                ThreadPriority.training.applyToThread()
                self.makeUpdates(pool: pool, unless: { false })
            }
        }
    }

    /// Waits for the round that was begun, or makes more of it.
    ///
    /// - Parameter isInterrupted: Asked every few milliseconds, or between two updates, whether to wait
    ///   no longer.
    /// - Returns: Whether it is made.
    func isMade(unless isInterrupted: () -> Bool) -> Bool {
        while underWay.wait(timeout: .now() + .milliseconds(5)) == .timedOut {
            if isInterrupted() { return false }
        }
        if let ownPool { makeUpdates(pool: ownPool, unless: isInterrupted) }
        return left == 0
    }

    /// Waits for the round that was begun, and lets what it gave be acted with.
    ///
    /// - Parameter learned: Gets every batch that was learned from, with its errors.
    /// - Returns: What it saw; nil where none was begun.
    func end(_ learned: (TransitionBatch) -> Void) -> LearningRound? {
        wait()
        guard hasBegun else { return nil }
        hasBegun = false
        for number in 0..<round.summary.updates {
            learned(batches[number])
        }
        if isTargetUpdateDue {
            isTargetUpdateDue = false
            learner.updateTarget()
        }
        return round
    }

    /// Makes the target network equal to the online one as the round under way will leave it.
    func updateTarget() {
        if hasBegun {
            isTargetUpdateDue = true
        } else {
            learner.updateTarget()
        }
    }

    /// Returns when no update is being made.
    func wait() {
        underWay.wait()
        if let ownPool { makeUpdates(pool: ownPool, unless: { false }) }
    }

    /// Gives up the updates of the round that are not begun yet, and waits.
    func cancel() {
        hasEnded.store(true, ordering: .relaxed)
        wait()
    }

    /// The Q-values to act by, through `layers` with `noise`: shape (count, actions).
    func qValues(
        of states: Span<UInt8>,
        count: Int,
        through layers: Sequential,
        noise: borrowing ParameterNoise,
        workspace: inout Workspace,
        pool: ComputePool
    ) -> [Float] {
        guard hasBegun, let before else {
            return learner.online.qValues(
                of: states,
                count: count,
                through: layers,
                noise: noise,
                workspace: &workspace,
                pool: pool
            )
        }
        // The other cores have the round to make.
        return before.network.qValues(
            of: states,
            count: count,
            through: layers,
            noise: noise,
            workspace: &workspace,
            pool: pool.limited(to: 1)
        )
    }

    /// Draws other noise for the parameters that are acted with.
    func draw(
        _ noise: inout ParameterNoise,
        from generator: inout RandomGenerator,
        pool: ComputePool
    ) {
        guard hasBegun, let before else {
            learner.online.draw(&noise, from: &generator, pool: pool)
            return
        }
        before.network.draw(&noise, from: &generator, pool: pool.limited(to: 1))
    }

    /// Makes what is left of the round, or one update where it is interrupted.
    private func makeUpdates(pool: ComputePool, unless isInterrupted: () -> Bool) {
        guard let before else { return }
        while left > 0 {
            let number = round.summary.updates
            guard !hasEnded.load(ordering: .relaxed), number == 0 || !isCancelled() else {
                left = 0
                return
            }
            let outcome =
                number == 0
                ? learner.learn(from: &batches[number], startingAt: before.network, pool: pool)
                : learner.learn(from: &batches[number], pool: pool)
            round.add(outcome, of: &learner, targetPeriod: targetPeriod)
            left = round.divergedLoss == nil ? left - 1 : 0
            if isInterrupted() { return }
        }
    }
}

extension LearnerLane {
    /// The newest parameters, when no update is being made, and how many updates led to them.
    var newest: (parameters: [Float], updates: Int) {
        wait()
        return (learner.online.parameterArray, learner.optimizer.updateCount)
    }

    /// The parameters that are acted with while a round is under way, and how many updates led to
    /// them; nil at other times.
    var acting: (parameters: [Float], updates: Int)? {
        guard hasBegun, let before else { return nil }
        return (before.network.parameterArray, updatesBefore)
    }

    /// Networks and moments when no update is being made.
    var learnerState: LearnerState {
        wait()
        return LearnerState(learner)
    }

    /// The round whose outcome is there and not acted with yet.
    var pending: PendingRound? {
        wait()
        guard hasBegun, let before else { return nil }
        return PendingRound(
            round: round,
            acting: before.network.parameterArray,
            learned: batches[..<round.summary.updates].map(\.learned),
            isTargetUpdateDue: isTargetUpdateDue
        )
    }

    /// Goes on from what was written down earlier.
    func restore(_ state: LearnerState, pending: PendingRound?) {
        wait()
        learner.restore(state)
        hasBegun = pending != nil
        (left, ownPool) = (0, nil)
        updatesBefore = state.optimizerUpdates - (pending?.round.summary.updates ?? 0)
        round = pending?.round ?? LearningRound()
        isTargetUpdateDue = pending?.isTargetUpdateDue ?? false
        if let pending {
            for (number, learned) in pending.learned.enumerated() {
                batches[number].learned = learned
            }
            before?.network.copyParameters(from: pending.acting.span)
        }
    }
}
