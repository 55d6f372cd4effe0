internal import ExperienceReplay

extension DQNAgent {
    /// All that the agent is made of, to be written down; updates under way are waited for.
    public var state: AgentState {
        get {
            AgentState(
                counts: counts,
                policyGenerator: policyGenerator,
                replayGenerator: replayGenerator,
                learner: lane.learnerState,
                pending: lane.pending,
                replay: replay.state
            )
        }
        set {
            counts = newValue.counts
            policyGenerator = newValue.policyGenerator
            replayGenerator = newValue.replayGenerator
            lane.restore(newValue.learner, pending: newValue.pending)
            replay.restore(newValue.replay)
        }
    }
}
