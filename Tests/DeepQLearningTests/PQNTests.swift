import BackgroundQueues
import DeepQLearning
import Foundation
import JSONFields
import NeuralNetworks
import RandomNumbers
import Snapshots
import Testing

@Suite(.timeLimit(.minutes(5))) struct PQNTests {
    /// rlax, value_learning_test.py: Q(λ) with λ = 0.75.
    @Test("λ-returns agree with rlax")
    func rlax() {
        let steps: [LambdaReturns.Step] = [
            .init(reward: -1.3, discount: 0, nextValue: 2.2, goesOn: true),
            .init(reward: -1.3, discount: 0.89, nextValue: 0.2, goesOn: true),
            .init(reward: 2.3, discount: 0.85, nextValue: 2.2, goesOn: true),
        ]
        let returns = LambdaReturns.returns(steps, lambda: 0.75)
        let expected: [Float] = [-1.3, 1.527975, 4.17]
        #expect(zip(returns, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test("λ = 0 is one step, λ = 1 all of the rollout, and an episode cut off keeps its future")
    func ends() {
        let steps: [LambdaReturns.Step] = [
            .init(reward: 1, discount: 0.5, nextValue: 10, goesOn: true),
            .init(reward: 2, discount: 0.5, nextValue: 20, goesOn: false),
            .init(reward: 3, discount: 0.5, nextValue: 30, goesOn: true),
        ]
        #expect(LambdaReturns.returns(steps, lambda: 0) == [6, 12, 18])
        #expect(LambdaReturns.returns(steps, lambda: 1) == [7, 12, 18])
        let ending = LambdaReturns.Step(reward: 4, discount: 0, nextValue: .nan, goesOn: false)
        #expect(LambdaReturns.returns([ending], lambda: 1) == [4])
    }

    @Test("updates come with each whole rollout, epochs times minibatches of them")
    func counts() throws {
        let agent = try makePQNAgent()
        var world = World(seed: 1, environments: 3)
        for round in 1...40 {
            let summary = try world.step(agent)
            #expect(agent.counts.agentSteps == round * 3)
            #expect((summary?.updates ?? 0) == (round.isMultiple(of: 8) ? 8 : 0))
            #expect(agent.counts.gradientUpdates == round / 8 * 8)
            #expect(agent.replaySize == round % 8 * 3)
        }
    }

    @Test("what is learned is the same to the bit on any number of cores", arguments: 1...3)
    func cores(count: Int) throws {
        let (alone, agent) = (try makePQNAgent(), try makePQNAgent())
        var world = World(seed: 5, environments: 3)
        var other = world
        for _ in 0..<60 {
            _ = try world.step(alone)
            _ = try other.step(agent, pool: ComputePool(width: count))
        }
        #expect(world.actions == other.actions)
        #expect(alone.policySnapshot() == agent.policySnapshot())
    }

    @Test("an agent saved and restored at any step runs on to the bit")
    func resume() throws {
        for steps in [1, 7, 8, 9, 30] {
            let whole = try makePQNAgent()
            var world = World(seed: 2, environments: 3)
            for _ in 0..<steps { _ = try world.step(whole) }
            let restored = try makePQNAgent(seed: 77)
            try restored.restore(from: try reader(of: whole))
            var other = world
            for _ in 0..<50 {
                _ = try world.step(whole)
                _ = try other.step(restored)
            }
            #expect(world.actions == other.actions)
            #expect(whole.policySnapshot() == restored.policySnapshot())
            #expect(whole.counts == restored.counts && whole.epsilon == restored.epsilon)
        }
    }

    @Test("updates that are interrupted and saved after any of them go on to the bit")
    func interruption() throws {
        let whole = try makePQNAgent()
        var world = World(seed: 2, environments: 3)
        var other = world
        var interrupted = try makePQNAgent(isInterrupted: { true })
        for _ in 0..<30 {
            let summary = try world.step(whole)
            var last = try other.step(interrupted)
            while interrupted.isLearning {
                #expect(last == nil)
                let restored = try makePQNAgent(seed: 5, isInterrupted: { true })
                try restored.restore(from: try reader(of: interrupted))
                interrupted = restored
                last = try interrupted.learn(pool: ComputePool(width: 1))
            }
            #expect(last == summary)
        }
        #expect(world.actions == other.actions)
        #expect(whole.policySnapshot() == interrupted.policySnapshot())
    }

    @Test("a snapshot of another agent is refused")
    func misfit() throws {
        let other = try makePQNAgent { $0.network = [LayerSpecification].mlp(9).normalized }
        #expect(throws: SnapshotError.self) {
            try makePQNAgent().restore(from: try reader(of: other))
        }
    }

    @Test("the newest state is the last frames of its episode, zeros before its first")
    func newestState() throws {
        let agent = try makePQNAgent { $0.environmentCount = 1 }
        agent.beginEpisode(World.frame(1).span)
        #expect(agent.newestState() == [0, 0, 0] + World.frame(1))
        _ = agent.selectActions(pool: ComputePool(width: 1))
        agent.record(action: 0, reward: 0, isTerminal: false, frame: World.frame(2).span)
        #expect(agent.newestState() == World.frame(1) + World.frame(2))
        #expect(agent.lastChoice?.state == [0, 0, 0] + World.frame(1))
    }

    @Test("a loss that is no number stops the agent with its reason")
    func divergence() throws {
        let agent = try makePQNAgent { hyperparameters in
            hyperparameters.network = .mlp(16)
            hyperparameters.maxGradientNorm = 0
            var rule = RMSProp()
            rule.learningRate = 1e30
            hyperparameters.optimizer = .rmsprop(rule)
        }
        var world = World(seed: 1, environments: 3)
        let error = #expect(throws: AgentError.self) {
            for _ in 0..<500 { _ = try world.step(agent) }
        }
        guard case .diverged = error else {
            Issue.record("expected a divergence, got \(String(describing: error))")
            return
        }
    }

    @Test("constants are read, written and judged")
    func settings() throws {
        var constants = PQNHyperparameters()
        var fields = FieldReader([
            "trace_decay": 0.9, "epochs": 2, "environment_count": 3, "minibatches": 5,
            "optimizer": ["type": "adam", "learning_rate": 0.5],
        ])
        constants.read(&fields)
        try fields.finishOrThrow()
        #expect(constants.lambda == 0.9 && constants.epochs == 2)
        #expect(constants.fault?.field == "minibatches")
        constants.minibatches = 6
        #expect(constants.fault == nil && constants.minibatchSize == 64)
        var copy = PQNHyperparameters()
        var written = FieldReader(try JSONValue(parsing: constants.json.text))
        copy.read(&written)
        try written.finishOrThrow()
        #expect(copy == constants)
        #expect(throws: AgentError.self) { try makePQNAgent { $0.minibatches = 7 } }
    }

    private func reader(of agent: PQNAgent) throws -> SnapshotReader {
        let path = "/dev/shm/\(UUID().uuidString)"
        let writer = SnapshotWriter()
        try agent.write(to: writer)
        try writer.finish().write(to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try SnapshotReader(path: path)
    }

    /// An agent for `World`.
    private func makePQNAgent(
        seed: UInt64 = 1,
        _ change: (inout PQNHyperparameters) -> Void = { _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws -> PQNAgent {
        var hyperparameters = PQNHyperparameters()
        hyperparameters.network = [LayerSpecification].mlp(16).normalized
        hyperparameters.environmentCount = 3
        hyperparameters.rolloutSteps = 8
        hyperparameters.epochs = 2
        hyperparameters.exploration.decayAgentSteps = 100
        change(&hyperparameters)
        return try PQNAgent(
            hyperparameters: hyperparameters,
            input: NetworkInput(shape: [6], scalar: .uint8, scale: 1 / 255),
            stack: 2,
            actionCount: 3,
            streams: RandomStreams(seed: seed),
            workers: 3,
            isInterrupted: isInterrupted
        )
    }
}
