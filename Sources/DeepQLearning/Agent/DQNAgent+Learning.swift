public import BackgroundQueues
internal import ExperienceReplay

extension DQNAgent {
    /// Makes the updates that are due, or begins to make them.
    ///
    /// Algorithm 1, lines 11 to 14. A round of steps in several environments may pass the end of an update
    /// period, or of more than one: as many rounds of updates are due after it.
    /// - Returns: What was seen in the updates made, or in those begun an update period ago; nil where
    ///   it was interrupted, and ``isLearning``.
    public func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        let earlier = try noteDueUpdates()
        guard replay.transitionCount > 0 else { return nil }
        var summary: LearningSummary?
        if due != nil {
            switch hyperparameters.schedule {
            case .sequential: summary = try makeRound(pool: pool)
            case .overlapped: summary = try exchangeRounds(pool: pool)
            }
        }
        if !isLearning { followTarget() }
        return summary ?? earlier
    }

    /// Notes which updates are due after the actions recorded since this was called last.
    public func noteDueUpdates() throws(AgentError) -> LearningSummary? {
        let steps = counts.agentSteps
        let periods = hyperparameters.periodsEnded(
            hyperparameters.updatePeriodAgentSteps,
            after: stepsNoted,
            at: steps
        )
        stepsNoted = steps
        guard replay.transitionCount > 0 else {
            stepsFollowed = steps
            return nil
        }
        guard periods > 0 else { return nil }
        let count = periods * hyperparameters.updatesPerPeriod
        guard var earlier = due else {
            due = DueUpdates(count: count)
            return nil
        }
        // Learning lags behind acting: what has come so far counts, and is followed, all the same.
        let made = earlier.round
        (earlier.count, earlier.round) = (earlier.count + count, LearningRound())
        due = earlier
        followTarget()
        return made.summary.updates > 0 ? try takeIn(made) : nil
    }

    /// Makes the target network equal to the online one where a period of it has ended, if it goes by
    /// agent steps.
    private func followTarget() {
        let steps = counts.agentSteps
        if case .agentSteps(let period) = hyperparameters.targetUpdatePeriod,
            hyperparameters.periodsEnded(period, after: stepsFollowed, at: steps) > 0
        {
            lane.updateTarget()
        }
        stepsFollowed = steps
    }

    /// Takes in the updates that were begun and not taken in yet; those that are due and not begun are
    /// given up.
    public func finishLearning() throws(AgentError) -> LearningSummary? {
        if let round = due?.round, hyperparameters.schedule == .sequential {
            due = nil
            return try takeIn(round)
        }
        due = nil
        return try endRound()
    }

    private func endRound() throws(AgentError) -> LearningSummary? {
        guard let round = lane.end({ sampler.update($0, in: replay) }) else { return nil }
        return try takeIn(round)
    }

    /// Makes the updates of a round, each from transitions drawn anew, until it is interrupted; one at
    /// least, even when cancelled.
    ///
    /// Algorithm 1, lines 11 to 13.
    private func makeRound(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        guard var due else { return nil }
        repeat {
            draw(0)
            lane.learn(from: &batches[0], into: &due.round, pool: pool)
            sampler.update(batches[0], in: replay)
            due.count -= 1
            if isCancelled() || due.round.divergedLoss != nil { due.count = 0 }
        } while due.count > 0 && !isInterrupted()
        guard due.count == 0 else {
            self.due = due
            return nil
        }
        self.due = nil
        return try takeIn(due.round)
    }

    /// Draws what the next round learns from, takes in the last round when it is made, and begins the
    /// next.
    private func exchangeRounds(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        guard var due else { return nil }
        // Before the last round has ended, which may still be going on.
        if due.generator == nil {
            due.generator = replayGenerator
            due.drawn = min(due.count, batches.count)
            for index in 0..<due.drawn {
                draw(index)
            }
        }
        self.due = due
        guard lane.isMade(unless: isInterrupted) else { return nil }
        let summary = try endRound()
        lane.begin(&batches, count: due.drawn, pool: pool)
        self.due = due.afterBeginning()
        return summary
    }

    /// Algorithm 1, line 11.
    private func draw(_ index: Int) {
        sampler.fill(
            &batches[index],
            from: replay,
            by: TransitionAccumulator(
                discount: hyperparameters.discount,
                steps: hyperparameters.stepsPerTransition
            ),
            importanceExponent: hyperparameters.importanceExponent(
                afterAgentSteps: counts.agentSteps
            ),
            using: &replayGenerator
        )
        shift?.apply(to: &batches[index], using: &replayGenerator)
    }

    private func takeIn(_ round: LearningRound) throws(AgentError) -> LearningSummary {
        counts.gradientUpdates += round.summary.updates
        if let loss = round.divergedLoss {
            counts.gradientUpdates += 1
            throw .diverged(gradientUpdates: counts.gradientUpdates, loss: loss)
        }
        return round.summary
    }
}
