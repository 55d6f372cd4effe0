/// One number of one series.
public struct Metric: Equatable, Sendable {
    /// The series: the raw value of a ``TrainingMetric``, or a name that another version has stored.
    public var name: String
    /// The number.
    public var value: Double

    /// Creates the number.
    public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }

    /// Creates the number.
    public init(_ metric: TrainingMetric, _ value: Double) {
        self.init(metric.rawValue, value)
    }
}
