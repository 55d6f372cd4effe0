/// Something that happened in a job, worth writing down and telling those who watch.
public struct TrainingEvent: Equatable, Sendable {
    /// What happened.
    public var kind: Kind
    /// Where the job stood, its time to the millisecond: more digits would only be noise in tables.
    public var position: TrainingPosition
    /// Seconds since 1970.
    public var time: Double

    /// Creates an event.
    public init(_ kind: Kind, at position: TrainingPosition, time: Double) {
        self.kind = kind
        self.position = position
        self.position.wallSeconds = (position.wallSeconds * 1000).rounded() / 1000
        self.time = time
    }

    /// What happened.
    public enum Kind: Equatable, Sendable {
        /// The means since the last metrics, by name.
        case metrics([Metric])
        /// An episode ended.
        case episode(EpisodeSummary)
        /// The policy was evaluated.
        case evaluation(EvaluationSummary)
        /// The job's state changed.
        case state(JobState, reason: String?)
        /// A checkpoint was written.
        case checkpoint(CheckpointRecord)
        /// A line for people.
        case log(LogLevel, String)
        /// The job went back to this position: what it told of later ones is taken back, and is told
        /// anew as it happens again.
        case rewind

        /// The name of the event in streams.
        public var name: String {
            switch self {
            case .metrics: "metrics"
            case .episode: "episode"
            case .evaluation: "evaluation"
            case .state: "state"
            case .checkpoint: "checkpoint"
            case .log: "log"
            case .rewind: "rewind"
            }
        }
    }

    /// How urgent a line is.
    public enum LogLevel: String, Sendable {
        /// Something that is as it should be.
        case info
        /// Something to look at.
        case warning
        /// Something that ended the job.
        case error
    }
}

/// One episode that ended.
public struct EpisodeSummary: Codable, Equatable, Sendable {
    /// Which episode of the job, counted from 1.
    public var number: Int
    /// The sum of its rewards, not clipped.
    public var episodeReturn: Double
    /// Its agent steps.
    public var length: Int
    /// Whether its time ran out.
    public var isTruncated: Bool

    /// Creates the summary.
    public init(number: Int, episodeReturn: Double, length: Int, isTruncated: Bool) {
        self.number = number
        self.episodeReturn = episodeReturn
        self.length = length
        self.isTruncated = isTruncated
    }
}

/// What one evaluation saw.
public struct EvaluationSummary: Equatable, Sendable {
    /// Episodes played.
    public var episodes: Int
    /// How often an action was chosen at random.
    public var epsilon: Float
    /// Mean of the episodes' returns, not clipped.
    public var meanReturn: Double
    /// Their standard deviation.
    public var standardDeviation: Double
    /// The smallest.
    public var minReturn: Double
    /// The largest.
    public var maxReturn: Double
    /// Mean of the episodes' agent steps.
    public var meanLength: Double

    /// Sums up episodes that were played with `epsilon`.
    public init(returns: [Double], lengths: [Int], epsilon: Float) {
        precondition(!returns.isEmpty && returns.count == lengths.count)
        let count = Double(returns.count)
        let mean = returns.reduce(0, +) / count
        let spread = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        episodes = returns.count
        self.epsilon = epsilon
        meanReturn = mean
        standardDeviation = spread.squareRoot()
        minReturn = returns.min() ?? mean
        maxReturn = returns.max() ?? mean
        meanLength = Double(lengths.reduce(0, +)) / count
    }
}
