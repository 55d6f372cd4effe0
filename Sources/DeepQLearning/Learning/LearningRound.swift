internal import ExperienceReplay
internal import NeuralNetworks

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
