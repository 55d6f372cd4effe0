import BackgroundQueues
import Checkpoints
import DeepQLearning
import Environments
import NeuralNetworks
import RandomNumbers
import Testing
import Training

/// Small runs that must learn; the long ones are `make learn`.
@Suite(.timeLimit(.minutes(3))) struct LearningTests {
    @Test("a table finds that +1 then +10 is worth more than +5 then -1")
    func routes() async throws {
        let content = try await run(try #require(Preset.named("routes")).specification)
        let checkpoint = try #require(content.checkpoints["job"]?.last?.content)
        #expect(content.events["job"]?.evaluations.last?.meanReturn == 11)
        guard case .table(let table) = checkpoint.policy.function else {
            Issue.record("expected a table")
            return
        }
        // γ = 0.9: the first step on the better route is worth 1 + 0.9 · 10.
        #expect(abs((table.values.max() ?? 0) - 10) < 0.1)
    }

    @Test("a table crosses the frozen lake as often as the best policy can")
    func frozenLake() async throws {
        var job = try #require(Preset.named("frozen-lake")).specification
        job.evaluation = EvaluationPlan(everyAgentSteps: 1_000_000, episodes: 10_000, epsilon: 0)
        let content = try await run(job)
        let mean = try #require(content.events["job"]?.evaluations.last?.meanReturn)
        print("frozen-lake: success rate \(mean) over 10,000 greedy episodes")
        #expect(mean > 0.72)
    }

    @Test(
        "a small network learns to catch",
        arguments: [
            (.sequential, .fp32), (.overlapped, LearningPrecision.bf16.isAvailable ? .bf16 : .fp32),
        ] as [(LearningSchedule, LearningPrecision)]
    )
    func catchPixels(schedule: LearningSchedule, precision: LearningPrecision) async throws {
        var job = try #require(Preset.named("catch")).specification
        if case .dqn(var constants) = job.algorithm {
            constants.network = [
                .conv2d(filters: 8, kernelSize: 8, stride: 8), .dense(units: 64),
            ]
            constants.schedule = schedule
            constants.precision = precision
            job.algorithm = .dqn(constants)
        }
        let content = try await run(job, cores: 2)
        let record = try #require(content.jobs["job"])
        print(
            "catch, \(schedule), \(precision): best \(record.best?.meanReturn ?? 0) after \(record.progress.agentSteps) steps"
        )
        #expect((record.best?.meanReturn ?? -1) >= 0.95)
    }

    @Test(
        "a small network balances the pole, from one pole or from four at once",
        arguments: [1, 4]
    )
    func cartPole(environments: Int) async throws {
        var job = try #require(Preset.named("cartpole")).specification
        if case .dqn(var constants) = job.algorithm {
            constants.environmentCount = environments
            constants.network = .mlp(64, 64)
            constants.schedule = .overlapped
            job.algorithm = .dqn(constants)
        }
        job.evaluation = EvaluationPlan(
            everyAgentSteps: 2_000,
            episodes: 20,
            epsilon: 0,
            stopAtMeanReturn: 195
        )
        let content = try await run(job, cores: 2)
        let record = try #require(content.jobs["job"])
        print(
            "cartpole, \(environments) at once: best \(record.best?.meanReturn ?? 0) after "
                + "\(record.progress.agentSteps) steps"
        )
        #expect((record.best?.meanReturn ?? 0) >= 195)
    }
}
