import DeepQLearning
import Snapshots
import Testing
import Training

/// Who runs where there is room for few.
@Suite(.timeLimit(.minutes(5))) struct JobPlacesTests {
    private let recorder = MemoryRecorder()

    private func isRunning(_ id: String) -> @Sendable (MemoryRecorder.Content) -> Bool {
        { $0.jobs[id]?.state == .running }
    }

    @Test("a paused job gives its place to those that wait, and waits its turn when it is resumed")
    func pausing() async throws {
        let scheduler = makeScheduler(recorder, maxRunningJobs: 1)
        for id in ["first", "second"] {
            _ = try await scheduler.submit(.smallCartPole(steps: 20_000), id: id)
        }
        await recorder.wait(until: isRunning("first"))
        #expect(await scheduler.waits() == ["second": "1 of at most 1 jobs are running"])
        let first = try #require(await scheduler.job("first"))
        let second = try #require(await scheduler.job("second"))
        #expect(try await first.pause().state == .paused)
        await recorder.wait(until: isRunning("second"))
        #expect(await scheduler.waits().isEmpty)

        let resumed = try await first.resume()
        #expect(resumed.state == .queued)
        #expect(try await first.resume() == resumed)
        #expect(await scheduler.waits() == ["first": "1 of at most 1 jobs are running"])
        _ = try await second.stop()
        await recorder.wait { $0.jobs["first"]?.state.isEnd ?? false }
        let content = recorder.current
        #expect(
            content.events["first"]?.states == [.running, .paused, .queued, .running, .completed]
        )
        let undisturbed = try await run(.smallCartPole(steps: 20_000))
        #expect(
            content.checkpoints["first"]?.last?.content
                == undisturbed.checkpoints["job"]?.last?.content
        )
    }

    @Test("one that waits to go on can be paused again, stopped, or left to the next server")
    func waiting() async throws {
        let scheduler = makeScheduler(recorder, maxRunningJobs: 1)
        for id in ["first", "second"] {
            _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: id)
        }
        await recorder.wait(until: isRunning("first"))
        let first = try #require(await scheduler.job("first"))
        _ = try await first.pause()
        await recorder.wait(until: isRunning("second"))
        #expect(try await first.resume().state == .queued)
        #expect(try await first.pause().state == .paused)
        #expect(await scheduler.waits().isEmpty)
        #expect(try await first.resume().state == .queued)
        #expect(try await first.stop().state == .stopped)
        #expect(recorder.current.checkpoints["first"]?.count == 1)

        _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: "third")
        let second = try #require(await scheduler.job("second"))
        _ = try await second.pause()
        await recorder.wait(until: isRunning("third"))
        #expect(try await second.resume().state == .queued)
        #expect(await scheduler.shutDown(reason: "end of test").isEmpty)
        #expect(recorder.current.jobs["second"]?.state == .queued)
        #expect(!recorder.snapshots(of: "second").files.isEmpty)
    }

    @Test("a job that is taken in twice runs once")
    func twice() async throws {
        let scheduler = makeScheduler(recorder, maxRunningJobs: 4)
        _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: "job")
        await recorder.wait(until: isRunning("job"))
        let job = try #require(await scheduler.job("job"))
        await scheduler.takeIn([try #require(recorder.current.jobs["job"])])
        #expect(await scheduler.job("job") === job)
        #expect(await scheduler.waits().isEmpty)
        _ = try await job.stop()
        #expect(recorder.current.events["job"]?.states == [.running, .stopped])
    }
}
