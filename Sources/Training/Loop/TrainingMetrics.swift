package import DeepQLearning

/// What is measured while a job trains: means between two points of its curves, and newest values.
///
/// ``TrainingMetric`` says what each number is.
package struct TrainingMetrics: Codable {
    private var loss = Mean()
    private var meanQ = Mean()
    private var meanAbsoluteTDError = Mean()
    private var recentReturns: [Double] = []
    private var oldestReturn = 0
    private var newest = LatestMetrics()
    /// Where the last point lies.
    private var pointAgentSteps = 0
    private var pointSeconds = 0.0
    /// Between the last two points; nil before the first.
    package private(set) var agentStepsPerSecond: Double?

    /// How many of the last episodes' returns are averaged.
    private static let meanEpisodes = 100

    /// Nothing measured yet.
    package init() {}

    /// The newest value of everything that has one.
    package var latest: LatestMetrics {
        var latest = newest
        latest.meanReturn100 = meanReturn100
        return latest
    }

    /// The mean of a hundred episodes' returns; nil before there are so many: the mean of fewer is
    /// luck.
    package var fullMeanReturn100: Double? {
        recentReturns.count == Self.meanEpisodes ? meanReturn100 : nil
    }

    private var meanReturn100: Double? {
        recentReturns.isEmpty ? nil : recentReturns.reduce(0, +) / Double(recentReturns.count)
    }

    /// Notes a round of updates.
    package mutating func add(_ learning: LearningSummary) {
        loss.add(learning.loss, weight: learning.updates)
        meanQ.add(learning.meanQ, weight: learning.updates)
        meanAbsoluteTDError.add(learning.meanAbsoluteTDError, weight: learning.updates)
        (newest.loss, newest.meanQ) = (learning.loss, learning.meanQ)
    }

    /// Notes an episode that has ended.
    package mutating func add(_ episode: EpisodeSummary) {
        newest.episodeReturn = episode.episodeReturn
        if recentReturns.count < Self.meanEpisodes {
            recentReturns.append(episode.episodeReturn)
        } else {
            recentReturns[oldestReturn] = episode.episodeReturn
            oldestReturn = (oldestReturn + 1) % Self.meanEpisodes
        }
    }

    /// Ends what is averaged with a point of the curves.
    ///
    /// - Parameters:
    ///   - agentSteps: Where the point lies.
    ///   - seconds: How long the job has trained until then.
    ///   - epsilon: How often the next action is chosen at random.
    /// - Returns: The point's numbers; those of which nothing came since the last are left out.
    package mutating func takePoint(agentSteps: Int, seconds: Double, epsilon: Float) -> [Metric] {
        var speed: Double?
        if seconds > pointSeconds {
            speed = Double(agentSteps - pointAgentSteps) / (seconds - pointSeconds)
            (pointAgentSteps, pointSeconds) = (agentSteps, seconds)
            agentStepsPerSecond = speed
        }
        let values: [(TrainingMetric, Double?)] = [
            (.loss, loss.take()), (.meanQ, meanQ.take()), (.tdError, meanAbsoluteTDError.take()),
            (.epsilon, Double(epsilon)), (.meanReturn100, meanReturn100),
            (.agentStepsPerSecond, speed),
        ]
        return values.compactMap { metric, value in value.map { Metric(metric, $0) } }
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
