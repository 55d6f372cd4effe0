import DeepQLearning
import Testing
import Training

/// What is measured between two points of the curves.
@Suite(.timeLimit(.minutes(5))) struct TrainingMetricsTests {
    private func episode(_ number: Int, return episodeReturn: Double) -> EpisodeSummary {
        EpisodeSummary(
            number: number,
            episodeReturn: episodeReturn,
            length: 1,
            isTruncated: false
        )
    }

    private func learning(updates: Int, loss: Double) -> LearningSummary {
        var learning = LearningSummary()
        learning.updates = updates
        (learning.loss, learning.meanQ, learning.meanAbsoluteTDError) = (loss, loss + 1, loss + 2)
        return learning
    }

    @Test("rounds count by their updates, and a point ends what is averaged")
    func means() {
        var metrics = TrainingMetrics()
        metrics.add(learning(updates: 1, loss: 1))
        metrics.add(learning(updates: 3, loss: 5))
        let point = metrics.takePoint(agentSteps: 100, seconds: 2, epsilon: 0.5)
        #expect(
            point == [
                Metric(.loss, 4), Metric(.meanQ, 5), Metric(.tdError, 6), Metric(.epsilon, 0.5),
                Metric(.agentStepsPerSecond, 50),
            ]
        )
        #expect(metrics.latest.loss == 5 && metrics.latest.meanQ == 6)
        // No update, no episode and no time since: only what has a value at the point.
        let empty = metrics.takePoint(agentSteps: 200, seconds: 2, epsilon: 0.25)
        #expect(empty == [Metric(.epsilon, 0.25)])
        #expect(metrics.agentStepsPerSecond == 50)
    }

    @Test("the mean return is that of the last hundred episodes")
    func returns() {
        var metrics = TrainingMetrics()
        #expect(metrics.latest.meanReturn100 == nil)
        for number in 1...99 { metrics.add(episode(number, return: 1)) }
        #expect(metrics.latest.meanReturn100 == 1 && metrics.fullMeanReturn100 == nil)
        for number in 100...150 { metrics.add(episode(number, return: 3)) }
        #expect(metrics.fullMeanReturn100 == 2.02)
        #expect(metrics.latest.episodeReturn == 3)
    }
}
