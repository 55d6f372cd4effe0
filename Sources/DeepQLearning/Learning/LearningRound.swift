internal import ExperienceReplay
internal import NeuralNetworks
internal import RandomNumbers

/// Updates that were made one after the other, summed up.
struct LearningRound: Codable {
    /// The updates up to the first that failed.
    private(set) var summary = LearningSummary()
    /// The loss that was no number; nothing is learned after it.
    private(set) var divergedLoss: Float?

    init() {}

    /// Takes in what an update of `learner` saw, and makes the target network follow where it does so
    /// in updates.
    mutating func add(
        _ outcome: DQNLearner.Outcome,
        of learner: inout DQNLearner,
        targetPeriod: TargetUpdatePeriod
    ) {
        guard outcome.loss.isFinite else {
            divergedLoss = outcome.loss
            return
        }
        summary.add(
            loss: outcome.loss,
            meanQ: outcome.meanQ,
            meanAbsoluteTDError: outcome.meanAbsoluteTDError
        )
        if case .updates(let period) = targetPeriod,
            learner.optimizer.updateCount.isMultiple(of: period)
        {
            learner.updateTarget()
        }
    }
}

/// Updates that are due: of a sequential schedule the rest of a round, of an overlapped one a round
/// that begins when the last is made.
struct DueUpdates: Codable {
    /// How many are left.
    var count: Int
    /// Those that were made.
    var round = LearningRound()
    /// What the transitions of an overlapped round were drawn by, as it was before; nil before that.
    var generator: RandomGenerator?
    /// How many of an overlapped round are drawn.
    var drawn = 0

    init(count: Int) {
        self.count = count
    }

    /// What is left to be drawn when a round is begun.
    func afterBeginning() -> DueUpdates? {
        count > drawn ? DueUpdates(count: count - drawn) : nil
    }

    private enum CodingKeys: String, CodingKey {
        // What was drawn is drawn again.
        case count, round, generator
    }
}

extension DQNHyperparameters {
    /// Room for what is drawn at a time: a whole round, or one update where they are made at once.
    ///
    /// Each batch has memory of its own from the start, so that filling it never copies any.
    func makeBatches(stateByteCount: Int) -> [TransitionBatch] {
        (0..<drawnBatchCount).map { _ in
            TransitionBatch(count: batchSize, stateByteCount: stateByteCount)
        }
    }

    /// Batches that are drawn at a time.
    var drawnBatchCount: Int {
        schedule == .overlapped ? mostPeriodsDue * updatesPerPeriod : 1
    }
}
