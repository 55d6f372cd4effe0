import BackgroundQueues
import DeepQLearning
import Environments
import RandomNumbers
import Testing
import Training

/// A policy at play, in an environment that may fail.
@Suite(.timeLimit(.minutes(5))) struct EvaluationTests {
    private let pool = ComputePool(width: 1)
    private let streams = RandomStreams(seed: 1)

    private func policy() throws -> QFunction {
        let table = PolicySnapshot.Function.table(QTable(stateCount: 1, actionCount: 1))
        return try QFunction(
            PolicySnapshot(function: table, agentSteps: 0, gradientUpdates: 0),
            capacity: 1,
            workers: 1
        )
    }

    @Test("an episode whose environment fails is played again in another one")
    func playedAgain() throws {
        var restarts: [Int] = []
        var isFirst = true
        let evaluation = Evaluation(
            observation: FailingEnvironment(failsAtStep: nil).specification.observation,
            policy: try policy(),
            epsilon: 1,
            streams: { restart in
                restarts.append(restart)
                return streams.streams(named: "\(restart)")
            },
            makeEnvironment: { _ in
                defer { isFirst = false }
                return FailingEnvironment(failsAtStep: isFirst ? 3 : nil)
            }
        )
        var failures: [String] = []
        var steps = 0
        while evaluation.episodes.count < 2 {
            try evaluation.step(pool: pool, failures: &failures)
            steps += 1
        }
        #expect(steps == 3 + 5 + 5)
        #expect(evaluation.episodes.map(\.length) == [5, 5])
        #expect(evaluation.summary.meanReturn == 5)
        #expect(failures.count == 1 && failures[0].contains("ended by signal 9"))
        // Its environment and its choices are drawn from streams of the restart's own.
        #expect(restarts == [0, 0, 1, 1])
    }

    @Test("an environment that was handed in is not made anew: its failure is the evaluation's")
    func handedIn() throws {
        let evaluation = Evaluation(
            environment: FailingEnvironment(failsAtStep: 3),
            policy: try policy(),
            epsilon: 1,
            generator: streams.generator(named: "policy")
        )
        #expect(throws: FailingEnvironment.failure) {
            try evaluation.playEpisode(pool: pool)
        }
    }

    @Test("an episode is watched from its first frame to its last")
    func watched() throws {
        let evaluation = Evaluation(
            environment: FailingEnvironment(failsAtStep: nil),
            policy: try policy(),
            epsilon: 1,
            generator: streams.generator(named: "policy")
        )
        var watched = 0
        let episode = try evaluation.playEpisode(pool: pool) { _ in watched += 1 }
        #expect(episode.episodeReturn == 5 && episode.length == 5 && watched == 6)
        #expect(try evaluation.run(episodes: 3, pool: pool).meanLength == 5)
    }
}
