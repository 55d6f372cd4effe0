import BackgroundQueues
import DeepQLearning
import RandomNumbers
import Testing

@Suite(.timeLimit(.minutes(5))) struct TabularTests {
    @Test("one update by pencil and paper, with a future and without")
    func update() {
        var hyperparameters = QLearningHyperparameters()
        hyperparameters.learningRate = 0.5
        hyperparameters.finalLearningRate = 0.5
        hyperparameters.discount = 0.9
        let agent = QLearningAgent(
            hyperparameters: hyperparameters,
            stateCount: 3,
            actionCount: 2,
            streams: RandomStreams(seed: 1)
        )
        agent.beginEpisode(oneHot(1).span)
        agent.record(action: 1, reward: 4, isTerminal: true, frame: oneHot(2).span)
        // 0 + 0.5 · (4 − 0)
        #expect(Array(agent.table[1]) == [0, 2])
        agent.beginEpisode(oneHot(0).span)
        agent.record(action: 0, reward: 1, isTerminal: false, frame: oneHot(1).span)
        // 0 + 0.5 · (1 + 0.9 · 2)
        #expect(abs(agent.table[0].first.map { $0 - 1.4 } ?? 1) < 1e-6)
        #expect(agent.counts.agentSteps == 2)
    }

    @Test("a snapshot of a table answers one-hot states")
    func snapshot() throws {
        var table = QTable(stateCount: 4, actionCount: 2)
        table.values = [0, 1, 2, 3, 4, 5, 6, 7]
        let snapshot = PolicySnapshot(function: .table(table), agentSteps: 0, gradientUpdates: 0)
        let function = try QFunction(snapshot, capacity: 4, workers: 1)
        let states = oneHot(3, of: 4) + oneHot(0, of: 4)
        let values = function.qValues(of: states.span, count: 2, pool: ComputePool(width: 1))
        #expect(values == [6, 7, 0, 1])
    }

    private func oneHot(_ state: Int, of count: Int = 3) -> [UInt8] {
        (0..<count).flatMap { $0 == state ? [0, 0, 0x80, 0x3f] : [0, 0, 0, 0] as [UInt8] }
    }
}
