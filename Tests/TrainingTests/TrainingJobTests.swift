import Checkpoints
import DeepQLearning
import Environments
import NeuralNetworks
import Snapshots
import Synchronization
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct TrainingJobTests {
    @Test("a job runs to its end and writes down how it came there")
    func completes() async throws {
        let content = try await run(.smallCartPole())
        let job = try #require(content.jobs["job"])
        let events = try #require(content.events["job"])
        #expect(job.state == .completed && job.failure == nil)
        #expect(job.progress.agentSteps == 3_000)
        #expect(job.progress.gradientUpdates == (3_000 - 100) / 4 + 1)
        #expect(events.states == [.running, .completed])
        let episodes = events.compactMap { event in
            if case .episode(let summary) = event.kind { summary } else { nil as EpisodeSummary? }
        }
        #expect(episodes.map(\.number) == Array(1...job.progress.episodes))
        // A step of CartPole pays 1, so that returns are lengths.
        #expect(episodes.allSatisfy { $0.episodeReturn == Double($0.length) })
        let points = events.filter { if case .metrics = $0.kind { true } else { false } }
        #expect(
            points.map(\.position.agentSteps) == Array(stride(from: 100, through: 3_000, by: 100))
        )
        #expect(content.checkpoints["job"]?.map(\.record.agentSteps) == [3_000])
    }

    @Test(
        "the same seed gives the same run to the bit, on any number of cores, another seed another",
        arguments: LearningSchedule.allCases
    )
    func deterministic(schedule: LearningSchedule) async throws {
        let first = try await run(.smallCartPole(schedule: schedule), cores: 1)
        let second = try await run(.smallCartPole(schedule: schedule), cores: 2)
        let other = try await run(.smallCartPole(seed: 2, schedule: schedule), cores: 1)
        #expect(first.jobs["job"]?.progress.gradientUpdates == (3_000 - 100) / 4 + 1)
        #expect(first.events["job"]?.withoutTime == second.events["job"]?.withoutTime)
        #expect(first.checkpoints["job"]?.last?.content == second.checkpoints["job"]?.last?.content)
        #expect(first.events["job"]?.withoutTime != other.events["job"]?.withoutTime)
    }

    @Test(
        "several environments are one run: their steps count together, and milestones are passed",
        arguments: LearningSchedule.allCases
    )
    func severalEnvironments(schedule: LearningSchedule) async throws {
        var specification = JobSpecification.smallCartPole(schedule: schedule, environments: 3)
        specification.checkpointEveryAgentSteps = 1_000
        specification.evaluation = EvaluationPlan(everyAgentSteps: 700, episodes: 2, epsilon: 0.05)
        let content = try await run(specification, cores: 2)
        let job = try #require(content.jobs["job"])
        let events = try #require(content.events["job"])
        #expect(job.state == .completed && job.failure == nil)
        #expect(job.progress.agentSteps == 3_000)
        #expect(job.progress.gradientUpdates == (3_000 - 100) / 4 + 1)
        let episodes = events.compactMap { event in
            if case .episode(let summary) = event.kind { summary } else { nil as EpisodeSummary? }
        }
        #expect(episodes.map(\.number) == Array(1...job.progress.episodes))
        #expect(episodes.allSatisfy { $0.episodeReturn == Double($0.length) })
        let points = events.filter { if case .metrics = $0.kind { true } else { false } }
        // Rounds of three steps end at a multiple of 100 or up to two steps beyond.
        #expect(
            points.map(\.position.agentSteps)
                == stride(from: 100, through: 3_000, by: 100).map { ($0 + 2) / 3 * 3 }
        )
        #expect(events.evaluations.count == 5)
        let again = try await run(specification, cores: 1)
        #expect(again.events["job"]?.withoutTime == events.withoutTime)
    }

    @Test("evaluations leave no trace in the training")
    func evaluationIsApart() async throws {
        var evaluated = JobSpecification.smallCartPole()
        evaluated.evaluation = EvaluationPlan(everyAgentSteps: 700, episodes: 3, epsilon: 0.05)
        let plain = try await run(.smallCartPole())
        let content = try await run(evaluated)
        let events = try #require(content.events["job"])
        #expect(events.evaluations.count == 5)
        func training(_ events: [TrainingEvent]) -> [TrainingEvent] {
            events.withoutTime.filter {
                switch $0.kind {
                case .episode, .metrics: true
                default: false
                }
            }
        }
        #expect(training(events) == training(plain.events["job"] ?? []))
        let best = try #require(content.jobs["job"]?.best)
        #expect(best.meanReturn == events.evaluations.map(\.meanReturn).max())
        #expect(content.checkpoints["job"]?.contains { $0.record.id == best.checkpoint } == true)
    }

    @Test("a job that meets its goal ends before its time")
    func goal() async throws {
        var job = JobSpecification.smallCartPole(steps: 100_000)
        job.evaluation = EvaluationPlan(
            everyAgentSteps: 500,
            episodes: 2,
            epsilon: 0,
            stopAtMeanReturn: 1
        )
        let content = try await run(job)
        #expect(content.jobs["job"]?.state == .completed)
        #expect(content.jobs["job"]?.progress.agentSteps == 500)
    }

    @Test(
        "pausing holds a job still, resuming lets it go on where it was, and the run is the same",
        arguments: LearningSchedule.allCases
    )
    func pausing(schedule: LearningSchedule) async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder)
        _ = try await scheduler.submit(.smallCartPole(steps: 20_000, schedule: schedule), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        let job = try #require(await scheduler.job("job"))
        let paused = try await job.pause()
        #expect(paused.state == .paused)
        #expect(try await job.pause() == paused)
        #expect(recorder.current.jobs["job"] == paused)
        let resumed = try await job.resume()
        #expect(resumed.state == .running)
        #expect(resumed.progress.agentSteps == paused.progress.agentSteps)
        await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
        let events = try #require(recorder.current.events["job"])
        #expect(events.states == [.running, .paused, .running, .completed])
        let undisturbed = try await run(.smallCartPole(steps: 20_000, schedule: schedule))
        #expect(
            recorder.current.checkpoints["job"]?.last?.content
                == undisturbed.checkpoints["job"]?.last?.content
        )
    }

    @Test("stopping ends a job with a checkpoint, running or paused")
    func stopping() async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder)
        for id in ["running", "paused"] {
            _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: id)
            await recorder.wait { ($0.jobs[id]?.progress.agentSteps ?? 0) > 0 }
            let job = try #require(await scheduler.job(id))
            if id == "paused" { _ = try await job.pause() }
            let stopped = try await job.stop()
            #expect(stopped.state == .stopped && stopped.failure == nil)
            #expect(stopped.endedAt != nil)
            #expect(
                recorder.current.checkpoints[id]?.last?.record.agentSteps
                    == stopped.progress.agentSteps
            )
            #expect(try await job.stop() == stopped)
            await #expect(throws: JobConflict(id: id, request: "resume", state: .stopped)) {
                _ = try await job.resume()
            }
        }
    }

    @Test("a stop gives up the rest of a long round of updates")
    func stoppingLongRound() async throws {
        var job = JobSpecification.smallCartPole(steps: 10_000_000)
        if case .dqn(var constants) = job.algorithm {
            // A round would take minutes.
            constants.network = .mlp(512)
            constants.batchSize = 256
            constants.learningStartsAgentSteps = 256
            constants.updatesPerPeriod = 100_000
            job.algorithm = .dqn(constants)
        }
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder)
        _ = try await scheduler.submit(job, id: "job")
        await recorder.wait { $0.jobs["job"]?.state == .running }
        let stopped = try #require(try await scheduler.job("job")?.stop())
        #expect(stopped.state == .stopped && stopped.failure == nil)
        #expect(stopped.progress.gradientUpdates < 100_000)
    }

    @Test("jobs wait for room, and a waiting job can be stopped")
    func waiting() async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder, maxRunningJobs: 1)
        _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: "first")
        _ = try await scheduler.submit(.smallCartPole(), id: "second")
        _ = try await scheduler.submit(.smallCartPole(), id: "third")
        await recorder.wait { $0.jobs["first"]?.state == .running }
        #expect(recorder.current.jobs["second"]?.state == .queued)
        let second = try #require(await scheduler.job("second"))
        #expect(try await second.stop().state == .stopped)
        _ = try await scheduler.job("first")?.stop()
        await recorder.wait { $0.jobs["third"]?.state == .completed }
        #expect(recorder.current.jobs["second"]?.progress.agentSteps == 0)
    }

    @Test("checkpoints that people take stand for none of those that are planned")
    func takenCheckpoints() async throws {
        var specification = JobSpecification.smallCartPole(steps: 2_000, schedule: .overlapped)
        specification.checkpointEveryAgentSteps = 10
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder)
        _ = try await scheduler.submit(specification, id: "job")
        // At any moment, also at that of the last step.
        while let job = await scheduler.job("job") {
            _ = try? await job.takeCheckpoint()
        }
        let undisturbed = try await run(specification)
        let found = try #require(recorder.current.checkpoints["job"])
        // The last planned one is among them; people may take one more of what is acted with.
        for planned in try #require(undisturbed.checkpoints["job"]) {
            #expect(found.contains { $0.content == planned.content })
        }
    }

    @Test("a shutdown leaves every job where it can go on")
    func shutdown() async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder)
        for id in ["a", "b"] {
            _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: id)
        }
        await recorder.wait { $0.jobs.values.allSatisfy { $0.state == .running } }
        #expect(await scheduler.shutDown(reason: "the server was shut down").isEmpty)
        for id in ["a", "b"] {
            #expect(recorder.current.jobs[id]?.state == .running)
            #expect(recorder.current.jobs[id]?.failure == nil)
            #expect(!recorder.snapshots(of: id).files.isEmpty)
        }
    }

    @Test("a job that diverges fails with its reason", arguments: LearningSchedule.allCases)
    func divergence(schedule: LearningSchedule) async throws {
        var job = JobSpecification.smallCartPole(schedule: schedule)
        if case .dqn(var constants) = job.algorithm {
            var rule = Adam()
            rule.learningRate = 1e30
            constants.optimizer = .adam(rule)
            job.algorithm = .dqn(constants)
        }
        let content = try await run(job)
        let record = try #require(content.jobs["job"])
        #expect(record.state == .failed)
        let failure = try #require(record.failure)
        #expect(failure.contains("the loss became") && failure.contains("at gradient update"))
        #expect(
            failure.hasSuffix("(agent step \(record.progress.agentSteps); it has no checkpoint)"),
            "\(failure)"
        )
        #expect(content.events["job"]?.states == [.running, .failed])
        #expect(content.checkpoints["job"] == nil)
    }

    @Test("one that diverges names its last good checkpoint, and keeps none that is not")
    func lastGoodCheckpoint() async throws {
        var job = JobSpecification.smallCartPole()
        // The first update is the one that is not to be survived.
        job.checkpointEveryAgentSteps = 50
        if case .dqn(var constants) = job.algorithm {
            var rule = Adam()
            rule.learningRate = 1e38
            constants.optimizer = .adam(rule)
            job.algorithm = .dqn(constants)
        }
        let content = try await run(job)
        let record = try #require(content.jobs["job"])
        let kept = try #require(content.checkpoints["job"])
        let last = try #require(kept.last).record
        #expect(record.state == .failed)
        #expect(
            record.failure?.hasSuffix(
                "its last good checkpoint is \(last.id), of step \(last.agentSteps))"
            ) == true,
            "\(record.failure ?? "")"
        )
        for checkpoint in kept {
            guard case .network(_, let parameters) = checkpoint.content.policy.function else {
                Issue.record("expected a network")
                return
            }
            let count = parameters.count { !$0.isFinite }
            #expect(count == 0)
        }
    }

    @Test("what the date does decides nothing: it may go back or leap ahead")
    func dates() async throws {
        let recorder = MemoryRecorder()
        let dates = Mutex(1e9)
        let scheduler = JobScheduler(
            environments: builtInEnvironments,
            recorder: recorder,
            share: ComputeShare(cores: 2),
            clock: JobClock(
                date: {
                    dates.withLock { date in
                        // An hour back, and a day ahead, in turn.
                        date += date.remainder(dividingBy: 2) == 0 ? -3_601 : 86_401
                        return date
                    }
                },
                monotonic: JobClock.real.monotonic
            ),
            maxRunningJobs: 1,
            snapshotSeconds: 60
        )
        _ = try await scheduler.submit(.smallCartPole(), id: "job")
        await recorder.wait { content in
            if let left = content.jobs["job"]?.secondsLeft, left < 0 { return true }
            return content.jobs["job"]?.state.isEnd ?? false
        }
        let job = try #require(recorder.current.jobs["job"])
        #expect(job.state == .completed && job.secondsLeft == nil)
        #expect(job.progress.wallSeconds >= 0)
        let undisturbed = try await run(.smallCartPole())
        #expect(
            recorder.current.checkpoints["job"]?.last?.content
                == undisturbed.checkpoints["job"]?.last?.content
        )
    }

    @Test("what the agent sees and thinks can be looked at while it learns")
    func view() async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(recorder)
        _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        let job = try #require(await scheduler.job("job"))
        let view = try #require(await job.view())
        #expect(view.qValues.count == 2 && view.actionNames.count == 2)
        #expect(view.rendered != nil)
        _ = try await job.stop()
    }
}
