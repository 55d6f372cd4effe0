import DeepQLearning
import MemoryBudgets
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct MemoryAdmissionTests {
    /// A job that needs `gigabytes` for its replay, and some megabytes more.
    private func job(_ gigabytes: Int, steps: Int = 1_000_000_000) -> JobSpecification {
        var job = JobSpecification.smallCartPole(steps: steps)
        guard case .dqn(var constants) = job.algorithm else { return job }
        // Four numbers and what is known of the frame.
        constants.replayCapacityFrames = gigabytes * 1_000_000_000 / 24
        job.algorithm = .dqn(constants)
        return job
    }

    private func scheduler(_ recorder: MemoryRecorder, gigabytes: Int) -> JobScheduler {
        let limit = MemoryLimit(ByteCount(gigabytes * 1_000_000_000), source: "a test")
        return makeScheduler(recorder, memory: MemoryBudget(limit))
    }

    private func waitingFor(_ submission: JobScheduler.Submission) -> String? {
        if case .accepted(let job) = submission { job.waitingFor } else { nil }
    }

    @Test("a job that can never fit is refused, and nothing is kept of it")
    func refused() async throws {
        let recorder = MemoryRecorder()
        let scheduler = scheduler(recorder, gigabytes: 2)
        let error = await #expect(throws: MemoryExceeded.self) {
            _ = try await scheduler.submit(job(2), id: "large")
        }
        #expect(error?.pointer == "/hyperparameters/replay_capacity_frames")
        #expect(
            error?.description.contains("replay 2.00 GB (83,333,333 frames × 24 B)") ?? false,
            "\(String(describing: error))"
        )
        #expect(recorder.current.jobs.isEmpty)
        _ = await scheduler.shutDown(reason: "end of test")
    }

    @Test("a job that fits alone waits for the others, says why, and runs when they end")
    func waiting() async throws {
        let recorder = MemoryRecorder()
        let scheduler = scheduler(recorder, gigabytes: 3)
        let first = try await scheduler.submit(job(2), id: "first")
        #expect(waitingFor(first) == nil)
        let second = try await scheduler.submit(job(2, steps: 500), id: "second")
        let reason = waitingFor(second) ?? ""
        #expect(reason.contains("is free of 3.00 GB for jobs and models (a test)"), "\(reason)")
        #expect(reason.hasSuffix("to 1 job"), "\(reason)")
        // In its order, although there is room for it.
        let third = try await scheduler.submit(.smallCartPole(steps: 500), id: "third")
        #expect(waitingFor(third) == "job second comes first, which waits for memory")
        _ = try await scheduler.job("first")?.stop()
        await recorder.wait { $0.jobs["second"]?.state.isEnd ?? false }
        await recorder.wait { $0.jobs["third"]?.state.isEnd ?? false }
        #expect(recorder.current.jobs["second"]?.state == .completed)
        #expect(await scheduler.waits().isEmpty)
        _ = await scheduler.shutDown(reason: "end of test")
    }

    @Test("a job that is stopped while it waits for memory holds nobody up")
    func stoppedWhileWaiting() async throws {
        let recorder = MemoryRecorder()
        let scheduler = scheduler(recorder, gigabytes: 3)
        _ = try await scheduler.submit(job(2), id: "first")
        _ = try await scheduler.submit(job(2), id: "second")
        _ = try await scheduler.submit(.smallCartPole(steps: 500), id: "third")
        _ = try await scheduler.job("second")?.stop()
        await recorder.wait { $0.jobs["third"]?.state == .completed }
        _ = await scheduler.shutDown(reason: "end of test")
    }

    @Test("a queued job of an earlier server that does not fit any more fails with the reason")
    func tooLargeAfterRestart() async throws {
        let recorder = MemoryRecorder()
        let scheduler = scheduler(recorder, gigabytes: 2)
        await scheduler.takeIn([JobRecord(id: "large", specification: job(2), createdAt: 0)])
        await recorder.wait { $0.jobs["large"]?.state == .failed }
        let failure = recorder.current.jobs["large"]?.failure ?? ""
        #expect(failure.hasPrefix("this job needs 2."), "\(failure)")
        _ = await scheduler.shutDown(reason: "end of test")
    }
}
