/// How far a job has come.
public struct TrainingProgress: Equatable, Sendable {
    /// Actions chosen.
    public var agentSteps = 0
    /// Frames of the emulated game, no-op starts included.
    public var environmentFrames = 0
    /// Updates made.
    public var gradientUpdates = 0
    /// Episodes ended.
    public var episodes = 0
    /// How often the next action is chosen at random.
    public var epsilon: Float = 1
    /// Frames held for replay.
    public var replaySize = 0
    /// Seconds in which the job was running.
    public var wallSeconds = 0.0
    /// Agent steps a second of late.
    public var agentStepsPerSecond: Double?

    /// Nothing done yet.
    public init() {}
}

/// The newest values of what is measured; nil until there is one.
public struct LatestMetrics: Codable, Equatable, Sendable {
    /// Uncut return of the last episode.
    public var episodeReturn: Double?
    /// Mean of the last hundred episodes' returns.
    public var meanReturn100: Double?
    /// Mean loss of one transition.
    public var loss: Double?
    /// Mean of maxₐ Q(s, a) over the batches.
    public var meanQ: Double?

    /// Nothing measured yet.
    public init() {}
}

/// The best that was seen so far.
public struct BestResult: Equatable, Sendable {
    /// Mean return of the best evaluation; of the last hundred episodes where none is planned.
    public var meanReturn: Double
    /// The checkpoint that holds it.
    public var checkpoint: String?

    /// Creates the result.
    public init(meanReturn: Double, checkpoint: String?) {
        self.meanReturn = meanReturn
        self.checkpoint = checkpoint
    }
}
