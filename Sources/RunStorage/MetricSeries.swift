public import Training

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

/// One recorded point.
public struct MetricPoint: Equatable, Sendable {
    /// The series it belongs to.
    public var name: String
    /// Where it lies along every axis.
    public var position: TrainingPosition
    /// The value; nil where it was no number.
    public var value: Double?
}

/// How far a reader of all points of a job has come.
public struct MetricCursor: Equatable, Sendable {
    var series = 0
    /// The last event of that series.
    var position = 0
    /// How often the job had gone back when the reader began; nil before that.
    var rewinds: Int?

    /// Before the first point.
    public init() {}
}
