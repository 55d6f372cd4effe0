import DeepQLearning
import Environments
import Foundation
import MemoryBudgets
import NeuralNetworks
import Synchronization
import Training

/// The built-in environments alone.
let builtInEnvironments = EnvironmentCatalog(python: nil)

extension JobSpecification {
    /// A job small enough for a test: a little network that balances a pole.
    static func smallCartPole(
        seed: Int = 1,
        steps: Int = 3_000,
        schedule: LearningSchedule = .sequential,
        environments: Int = 1
    ) -> JobSpecification {
        var constants = DQNHyperparameters()
        constants.environmentCount = environments
        constants.schedule = schedule
        constants.network = .mlp(32)
        constants.batchSize = 16
        constants.replayCapacityFrames = 2_000
        constants.learningStartsAgentSteps = 100
        constants.targetUpdatePeriod = .agentSteps(50)
        constants.clipsRewards = false
        var rule = Adam()
        rule.learningRate = 0.001
        constants.optimizer = .adam(rule)
        constants.lossReduction = .mean
        constants.exploration = ExplorationSchedule(
            initialEpsilon: 1,
            finalEpsilon: 0.05,
            decayStartAgentSteps: 0,
            decayAgentSteps: 2_000
        )
        var job = JobSpecification(
            name: "small",
            environment: "cartpole",
            algorithm: .dqn(constants)
        )
        job.seed = seed
        job.totalAgentSteps = steps
        job.metricsEveryAgentSteps = 100
        return job
    }
}

extension JobClock {
    /// The machine's clocks.
    static let real = JobClock(
        date: { Date().timeIntervalSince1970 },
        monotonic: { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
    )
}

/// A scheduler over memory.
func makeScheduler(
    _ recorder: MemoryRecorder,
    cores: Int = 2,
    maxRunningJobs: Int = 4,
    memory: MemoryBudget = MemoryBudget(.none),
    snapshotSeconds: Double? = 60,
    environments: EnvironmentCatalog = builtInEnvironments
) -> JobScheduler {
    JobScheduler(
        environments: environments,
        recorder: recorder,
        share: ComputeShare(cores: cores),
        clock: .real,
        maxRunningJobs: maxRunningJobs,
        memory: memory,
        snapshotSeconds: snapshotSeconds
    )
}

/// Runs a job to its end and returns all that was written down of it.
func run(
    _ specification: JobSpecification,
    cores: Int = 1,
    in environments: EnvironmentCatalog = builtInEnvironments
) async throws -> MemoryRecorder.Content {
    let recorder = MemoryRecorder()
    let scheduler = makeScheduler(recorder, cores: cores, environments: environments)
    _ = try await scheduler.submit(specification, id: "job")
    await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
    _ = await scheduler.shutDown(reason: "end of test")
    return recorder.current
}

extension [TrainingEvent] {
    /// The events without what a clock decides.
    var withoutTime: [TrainingEvent] {
        map { event in
            var event = event
            event.time = 0
            event.position.wallSeconds = 0
            if case .metrics(let metrics) = event.kind {
                event.kind = .metrics(metrics.filter { $0.name != "agent_steps_per_second" })
            }
            return event
        }
    }

    var states: [JobState] {
        compactMap { if case .state(let state, _) = $0.kind { state } else { nil } }
    }

    var evaluations: [EvaluationSummary] {
        compactMap { if case .evaluation(let summary) = $0.kind { summary } else { nil } }
    }
}
