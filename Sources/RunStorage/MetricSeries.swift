/// What the points of a curve are laid out along.
public enum MetricAxis: String, Sendable, CaseIterable {
    /// Actions chosen.
    case agentSteps = "agent_steps"
    /// Frames of the emulated game.
    case environmentFrames = "environment_frames"
    /// Updates made.
    case gradientUpdates = "gradient_updates"
    /// Episodes ended.
    case episodes
    /// Seconds in which the job was running.
    case wallSeconds = "wall_seconds"
}

/// The points of one curve, in order.
public struct MetricSeries: Equatable, Sendable {
    /// Such as `loss`.
    public var name: String
    /// Where each point lies; the mean of its bucket where several were joined.
    public var x: [Double]
    /// The value there, or the bucket's mean; nil where it was no number.
    public var y: [Double?]
    /// The bucket's smallest value; nil where every recorded point is given.
    public var min: [Double?]?
    /// The bucket's largest value; nil where every recorded point is given.
    public var max: [Double?]?
    /// The moving average over all recorded points up to there, or the bucket's mean of it; nil
    /// where none was asked for.
    public var smoothed: [Double?]?
    /// How many values the last moving average was made of.
    public var smoothedCount: Int?
}

/// One recorded point with all its positions.
public struct MetricPoint: Equatable, Sendable {
    /// The series it belongs to.
    public var name: String
    /// Actions chosen.
    public var agentSteps: Int
    /// Frames of the emulated game.
    public var environmentFrames: Int
    /// Updates made.
    public var gradientUpdates: Int
    /// Episodes ended.
    public var episodes: Int
    /// Seconds in which the job was running.
    public var wallSeconds: Double
    /// The value; nil where it was no number.
    public var value: Double?
}

/// How far a reader of all points of a job has come.
public struct MetricCursor: Equatable, Sendable {
    var series = 0
    /// The last event of that series.
    var position = 0

    /// Before the first point.
    public init() {}

    init(series: Int, position: Int) {
        self.series = series
        self.position = position
    }
}
