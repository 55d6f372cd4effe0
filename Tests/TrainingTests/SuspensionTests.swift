import DeepQLearning
import Environments
import Foundation
import NeuralNetworks
import Snapshots
import Synchronization
import Testing
import Training

/// A job that outlives its server goes on to the bit as if nothing had been.
@Suite(.timeLimit(.minutes(5))) struct SuspensionTests {
    /// Jobs of every kind, each with evaluations and checkpoints on the way.
    static let specifications: [(name: String, job: JobSpecification)] = {
        var jobs: [(String, JobSpecification)] = []
        for schedule in LearningSchedule.allCases {
            for environments in [1, 3] {
                var job = JobSpecification.smallCartPole(
                    steps: 20_000,
                    schedule: schedule,
                    environments: environments
                )
                job.checkpointEveryAgentSteps = 4_000
                job.evaluation = EvaluationPlan(everyAgentSteps: 3_000, episodes: 3, epsilon: 0.05)
                jobs.append(("cartpole \(schedule.rawValue) \(environments)", job))
            }
        }
        var lake = JobSpecification(
            name: "lake",
            environment: "frozen-lake",
            algorithm: .qLearning(QLearningHyperparameters())
        )
        lake.totalAgentSteps = 400_000
        lake.metricsEveryAgentSteps = 1_000
        lake.evaluation = EvaluationPlan(everyAgentSteps: 50_000, episodes: 100, epsilon: 0)
        jobs.append(("frozen-lake", lake))
        var ball = JobSpecification.smallCartPole(steps: 4_000, schedule: .overlapped)
        ball.environment = "catch"
        jobs.append(("catch", ball))
        return jobs
    }()

    @Test("a suspended job goes on to the bit", arguments: specifications.indices)
    func exact(index: Int) async throws {
        let specification = Self.specifications[index].job
        let recorder = MemoryRecorder()
        // Three servers one after the other, each ended somewhere in the middle.
        var isOver = false
        for server in 0..<3 {
            let scheduler = makeScheduler(recorder)
            if server == 0 {
                _ = try await scheduler.submit(specification, id: "job")
            } else {
                await scheduler.takeIn([try #require(recorder.current.jobs["job"])])
            }
            let steps = specification.totalAgentSteps / 5 * (server + 1)
            await recorder.wait { content in
                guard let job = content.jobs["job"] else { return false }
                return job.progress.agentSteps >= steps || job.state.isEnd
            }
            #expect(await scheduler.shutDown(reason: "end").isEmpty)
            isOver = recorder.current.jobs["job"]?.state.isEnd ?? false
            if isOver { break }
            #expect(recorder.current.jobs["job"]?.state == .running)
        }
        if !isOver {
            let scheduler = makeScheduler(recorder)
            await scheduler.takeIn([try #require(recorder.current.jobs["job"])])
            await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
            _ = await scheduler.shutDown(reason: "end")
        }
        let content = recorder.current
        let undisturbed = try await run(specification)
        #expect(content.jobs["job"]?.state == .completed && content.jobs["job"]?.failure == nil)
        #expect(content.events["job"]?.measured == undisturbed.events["job"]?.measured)
        #expect(
            content.checkpoints["job"]?.map(\.content)
                == undisturbed.checkpoints["job"]?.map(\.content)
        )
        #expect(
            content.checkpoints["job"]?.map(\.record)
                == undisturbed.checkpoints["job"]?.map(\.record)
        )
        #expect(recorder.snapshots(of: "job").files.isEmpty)
    }

    @Test(
        "a job that is killed anywhere goes on from a snapshot to the bit",
        arguments: specifications.indices
    )
    func killed(index: Int) async throws {
        let specification = Self.specifications[index].job
        let undisturbed = try await run(specification)
        var recorder = MemoryRecorder()
        var killed: [(MemoryRecorder, JobScheduler)] = []
        for kill in 0..<4 {
            let scheduler = makeScheduler(recorder, snapshotSeconds: 0)
            if kill == 0 {
                _ = try await scheduler.submit(specification, id: "job")
            } else {
                await scheduler.takeIn([try #require(recorder.current.jobs["job"])])
            }
            let steps = specification.totalAgentSteps / 5 * (kill + 1)
            await recorder.wait { content in
                guard let job = content.jobs["job"] else { return false }
                return job.progress.agentSteps >= steps || job.state.isEnd
            }
            killed.append((recorder, scheduler))
            recorder = try recorder.copy()
        }
        let scheduler = makeScheduler(recorder)
        await scheduler.takeIn(recorder.current.jobs.values.map(\.self))
        await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
        for (_, scheduler) in killed { _ = await scheduler.shutDown(reason: "end") }
        _ = await scheduler.shutDown(reason: "end")
        let content = recorder.current
        #expect(content.jobs["job"]?.state == .completed && content.jobs["job"]?.failure == nil)
        #expect(content.events["job"]?.measured == undisturbed.events["job"]?.measured)
        #expect(
            content.checkpoints["job"]?.map(\.content)
                == undisturbed.checkpoints["job"]?.map(\.content)
        )
        #expect(recorder.snapshots(of: "job").files.isEmpty)
    }

    @Test("a paused job stays paused over a restart, and goes on when it is resumed")
    func paused() async throws {
        let recorder = MemoryRecorder()
        let first = makeScheduler(recorder)
        _ = try await first.submit(.smallCartPole(steps: 20_000), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        _ = try await first.job("job")?.pause()
        #expect(await first.shutDown(reason: "end").isEmpty)
        let paused = try #require(recorder.current.jobs["job"])
        #expect(paused.state == .paused)
        // A server that does nothing with it leaves it as it is.
        let second = makeScheduler(recorder)
        await second.takeIn([paused])
        #expect(second.record("job")?.state == .paused)
        #expect(await second.shutDown(reason: "end").isEmpty)
        #expect(recorder.current.jobs["job"] == paused)
        let third = makeScheduler(recorder)
        await third.takeIn([paused])
        #expect(try await third.job("job")?.resume() != nil)
        await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
        let undisturbed = try await run(.smallCartPole(steps: 20_000))
        #expect(recorder.current.events["job"]?.measured == undisturbed.events["job"]?.measured)
        #expect(
            recorder.current.checkpoints["job"]?.last?.content
                == undisturbed.checkpoints["job"]?.last?.content
        )
    }

    @Test("a suspended job that is stopped leaves what it has learned as a checkpoint")
    func stopped() async throws {
        let recorder = MemoryRecorder()
        let first = makeScheduler(recorder)
        _ = try await first.submit(.smallCartPole(steps: 10_000_000), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        _ = try await first.job("job")?.pause()
        _ = await first.shutDown(reason: "end")
        let paused = try #require(recorder.current.jobs["job"])
        let second = makeScheduler(recorder)
        await second.takeIn([paused])
        let stopped = try #require(try await second.job("job")?.stop())
        #expect(stopped.state == .stopped)
        #expect(
            recorder.current.checkpoints["job"]?.last?.record.agentSteps
                == paused.progress.agentSteps
        )
        #expect(recorder.snapshots(of: "job").files.isEmpty)
    }

    @Test(
        "a job without a snapshot, or with torn ones, begins again and comes to the same",
        arguments: [false, true]
    )
    func torn(hasSnapshots: Bool) async throws {
        let recorder = MemoryRecorder()
        let first = makeScheduler(recorder, snapshotSeconds: hasSnapshots ? 0 : nil)
        _ = try await first.submit(.smallCartPole(steps: 20_000), id: "job")
        var killed = recorder
        for steps in stride(from: 2_000, to: 18_000, by: 500) {
            await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > steps }
            killed = try recorder.copy()
            if !hasSnapshots || !killed.snapshots(of: "job").files.isEmpty { break }
        }
        _ = try await first.job("job")?.stop()
        let files = killed.snapshots(of: "job").files
        #expect(files.isEmpty == !hasSnapshots)
        for file in files {
            let bytes = try Data(contentsOf: URL(filePath: file))
            try bytes.dropLast(9).write(to: URL(filePath: file))
        }
        let second = makeScheduler(killed)
        await second.takeIn([try #require(killed.current.jobs["job"])])
        await killed.wait { $0.jobs["job"]?.state.isEnd ?? false }
        let undisturbed = try await run(.smallCartPole(steps: 20_000))
        let events = try #require(killed.current.events["job"])
        #expect(events.measured == undisturbed.events["job"]?.measured)
        #expect(
            killed.current.checkpoints["job"]?.last?.content
                == undisturbed.checkpoints["job"]?.last?.content
        )
        let words = events.compactMap { event in
            if case .log(_, let words) = event.kind { words } else { nil }
        }
        #expect(words.contains { $0.contains("begins again") })
        #expect(words.contains { $0.contains("is torn") } == hasSnapshots)
    }

    @Test(
        "a job whose snapshot has another version fails and names it",
        arguments: [(["lastCheckpoint": 0], 1), (["version": 9], 9)]
    )
    func otherVersion(section: [String: Int], version: Int) async throws {
        let recorder = MemoryRecorder()
        var record = JobRecord(id: "job", specification: .smallCartPole(), createdAt: 1)
        record.state = .running
        _ = recorder.create(record)
        let folder = recorder.snapshots(of: "job")
        try FileManager.default.createDirectory(
            atPath: folder.path,
            withIntermediateDirectories: true
        )
        let writer = SnapshotWriter()
        try writer.write("session", json: section)
        try writer.finish().write(to: folder.path + "/000001.snapshot")
        let scheduler = makeScheduler(recorder)
        await scheduler.takeIn([record])
        await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
        let failed = try #require(recorder.current.jobs["job"])
        #expect(failed.state == .failed)
        #expect(failed.failure?.contains("was written in version \(version),") == true)
    }
}

extension [TrainingEvent] {
    /// What was measured, without states and words, and without what a clock decides.
    fileprivate var measured: [TrainingEvent] {
        withoutTime.filter {
            switch $0.kind {
            case .metrics, .episode, .evaluation, .checkpoint: true
            case .state, .log, .rewind: false
            }
        }
    }
}

extension MemoryRecorder {
    fileprivate func create(_ job: JobRecord) -> JobCreation? { try? create(job, for: nil) }
}
