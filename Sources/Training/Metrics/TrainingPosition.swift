public import JSONFields

/// Where a job stands along every axis.
public struct TrainingPosition: Equatable, Sendable {
    /// Along ``TrainingAxis/agentSteps``.
    public var agentSteps = 0
    /// Along ``TrainingAxis/environmentFrames``.
    public var environmentFrames = 0
    /// Along ``TrainingAxis/gradientUpdates``.
    public var gradientUpdates = 0
    /// Along ``TrainingAxis/episodes``.
    public var episodes = 0
    /// Along ``TrainingAxis/wallSeconds``.
    public var wallSeconds = 0.0

    /// Where every job begins.
    public init() {}

    /// Where the job stands along an axis.
    public subscript(axis: TrainingAxis) -> Double {
        axis.isCount ? Double(self[count: axis]) : wallSeconds
    }

    /// Where the job stands along one of ``TrainingAxis/counts``.
    public subscript(count axis: TrainingAxis) -> Int {
        get {
            switch axis {
            case .agentSteps: agentSteps
            case .environmentFrames: environmentFrames
            case .gradientUpdates: gradientUpdates
            case .episodes: episodes
            case .wallSeconds: preconditionFailure("seconds are no count")
            }
        }
        set {
            switch axis {
            case .agentSteps: agentSteps = newValue
            case .environmentFrames: environmentFrames = newValue
            case .gradientUpdates: gradientUpdates = newValue
            case .episodes: episodes = newValue
            case .wallSeconds: preconditionFailure("seconds are no count")
            }
        }
    }

    /// The position along an axis in answers and events.
    public func json(along axis: TrainingAxis) -> JSONValue {
        axis.isCount ? .integer(self[count: axis]) : .number(wallSeconds)
    }
}
