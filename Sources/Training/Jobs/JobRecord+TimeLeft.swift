extension JobRecord {
    /// How long the job will take at its present speed, without its evaluations; unknown until it
    /// learns, for until then it is far quicker.
    public var secondsLeft: Double? {
        guard !state.isEnd, progress.gradientUpdates > 0,
            let speed = progress.agentStepsPerSecond, speed > 0
        else { return nil }
        return Double(max(0, specification.totalAgentSteps - progress.agentSteps)) / speed
    }
}
