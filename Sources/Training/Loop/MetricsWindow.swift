internal import DeepQLearning

/// What is averaged between two points of the metrics.
struct MetricsWindow: Codable {
    private var loss = Mean()
    private var meanQ = Mean()
    private var meanAbsoluteTDError = Mean()
    private var recentReturns: [Double] = []
    private var oldestReturn = 0

    /// How many of the last episodes' returns are averaged.
    static let meanEpisodes = 100

    /// Episodes that the mean is over, at most ``meanEpisodes``.
    var episodes: Int { recentReturns.count }

    /// Mean of the last hundred episodes' returns.
    var meanReturn100: Double? {
        recentReturns.isEmpty ? nil : recentReturns.reduce(0, +) / Double(recentReturns.count)
    }

    mutating func add(_ learning: LearningSummary) {
        loss.add(learning.loss, weight: learning.updates)
        meanQ.add(learning.meanQ, weight: learning.updates)
        meanAbsoluteTDError.add(learning.meanAbsoluteTDError, weight: learning.updates)
    }

    mutating func add(_ episode: EpisodeSummary) {
        if recentReturns.count < Self.meanEpisodes {
            recentReturns.append(episode.episodeReturn)
        } else {
            recentReturns[oldestReturn] = episode.episodeReturn
            oldestReturn = (oldestReturn + 1) % Self.meanEpisodes
        }
    }

    /// The means since the last call, by name; those of which nothing came are left out.
    mutating func take(epsilon: Float) -> [Metric] {
        var metrics: [Metric] = []
        if let loss = loss.take() { metrics.append(Metric(.loss, loss)) }
        if let meanQ = meanQ.take() { metrics.append(Metric(.meanQ, meanQ)) }
        if let error = meanAbsoluteTDError.take() { metrics.append(Metric(.tdError, error)) }
        metrics.append(Metric(.epsilon, Double(epsilon)))
        if let meanReturn100 { metrics.append(Metric(.meanReturn100, meanReturn100)) }
        return metrics
    }
}

private struct Mean: Codable {
    private var sum = 0.0
    private var weight = 0

    mutating func add(_ value: Double, weight: Int) {
        sum += value * Double(weight)
        self.weight += weight
    }

    mutating func take() -> Double? {
        defer { self = Mean() }
        return weight > 0 ? sum / Double(weight) : nil
    }
}
