/// How far a job has come.
@dynamicMemberLookup
public struct TrainingProgress: Equatable, Sendable {
    /// Where it stands along every axis.
    public var position = TrainingPosition()
    /// How often the next action is chosen at random.
    public var epsilon: Float = 1
    /// Frames held for replay.
    public var replaySize = 0
    /// How often an environment of the training failed and was made anew.
    public var environmentRestarts = 0
    /// Agent steps a second of late.
    public var agentStepsPerSecond: Double?

    /// Nothing done yet.
    public init() {}

    /// The position along one axis.
    public subscript<Value>(
        dynamicMember axis: WritableKeyPath<TrainingPosition, Value>
    ) -> Value {
        get { position[keyPath: axis] }
        set { position[keyPath: axis] = newValue }
    }
}

/// The newest values of some of what is measured; nil until there is one.
public struct LatestMetrics: Codable, Equatable, Sendable {
    /// Of the last episode.
    public var episodeReturn: Double?
    /// Over the last hundred episodes.
    public var meanReturn100: Double?
    /// Over the updates of the last round.
    public var loss: Double?
    /// Over the updates of the last round.
    public var meanQ: Double?

    /// Nothing measured yet.
    public init() {}

    /// Those that are kept, in the order in which they are shown.
    public static let metrics: [TrainingMetric] = [.episodeReturn, .meanReturn100, .loss, .meanQ]

    /// The newest value of one of ``metrics``.
    public subscript(metric: TrainingMetric) -> Double? {
        get {
            switch metric {
            case .episodeReturn: episodeReturn
            case .meanReturn100: meanReturn100
            case .loss: loss
            case .meanQ: meanQ
            default: nil
            }
        }
        set {
            switch metric {
            case .episodeReturn: episodeReturn = newValue
            case .meanReturn100: meanReturn100 = newValue
            case .loss: loss = newValue
            case .meanQ: meanQ = newValue
            default: preconditionFailure("\(metric) has no newest value")
            }
        }
    }
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
