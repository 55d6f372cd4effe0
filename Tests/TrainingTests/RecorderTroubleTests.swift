import Snapshots
import Synchronization
import Testing
import Training

/// What a job does while what happens in it cannot be written down.
@Suite(.timeLimit(.minutes(5))) struct RecorderTroubleTests {
    private let recorder = MemoryRecorder()

    private func scheduler(
        _ notices: NoticeLog = NoticeLog(),
        afterSleep: @escaping @Sendable (Int) async -> Void
    ) -> JobScheduler {
        JobScheduler(
            environments: builtInEnvironments,
            recorder: recorder,
            share: ComputeShare(cores: 2),
            clock: TestClock(afterSleep: afterSleep).clock,
            maxRunningJobs: 4,
            notify: notices.note
        )
    }

    @Test("a recorder that refuses for a moment costs nothing: the run is the same to the bit")
    func shortTrouble() async throws {
        let (recorder, notices) = (recorder, NoticeLog())
        let scheduler = scheduler(notices) { sleeps in
            // 2.5 s, well within what a job waits for.
            if sleeps.isMultiple(of: 10) { recorder.isFull.store(false, ordering: .relaxed) }
        }
        _ = try await scheduler.submit(.smallCartPole(steps: 20_000), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        recorder.isFull.store(true, ordering: .relaxed)
        await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
        let undisturbed = try await run(.smallCartPole(steps: 20_000))
        let events = try #require(recorder.current.events["job"])
        #expect(events.states == [.running, .completed])
        #expect(events.withoutTime == undisturbed.events["job"]?.withoutTime)
        #expect(
            recorder.current.checkpoints["job"]?.last?.content
                == undisturbed.checkpoints["job"]?.last?.content
        )
        #expect(notices.kinds(of: "job") == [.queued, .started, .writeFailed, .completed])
    }

    @Test("one that refuses for long holds the job still, with the reason, until it takes it again")
    func longTrouble() async throws {
        let (recorder, notices) = (recorder, NoticeLog())
        let held = Mutex<JobRecord?>(nil)
        let records = RecordsOnDemand()
        let scheduler = scheduler(notices) { sleeps in
            if sleeps == 60 {
                held.withLock { $0 = records.record("job") }
                recorder.isFull.store(false, ordering: .relaxed)
            }
        }
        records.scheduler = scheduler
        _ = try await scheduler.submit(.smallCartPole(steps: 20_000), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        recorder.isFull.store(true, ordering: .relaxed)
        await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
        let whileHeld = try #require(held.withLock { $0 })
        #expect(whileHeld.state == .paused)
        #expect(whileHeld.failure?.contains("Refusal") == true)
        let events = try #require(recorder.current.events["job"])
        #expect(events.states == [.running, .paused, .running, .completed])
        #expect(recorder.current.jobs["job"]?.failure == nil)
        #expect(
            notices.kinds(of: "job")
                == [.queued, .started, .writeFailed, .held, .resumed, .completed]
        )
        let undisturbed = try await run(.smallCartPole(steps: 20_000))
        #expect(
            recorder.current.checkpoints["job"]?.last?.content
                == undisturbed.checkpoints["job"]?.last?.content
        )
    }

    @Test("pause and stop say that they cannot be written down, and happen all the same")
    func requestsInTrouble() async throws {
        let recorder = recorder
        let gate = Gate()
        let scheduler = scheduler { _ in await gate.pass() }
        _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        let job = try #require(await scheduler.job("job"))
        recorder.isFull.store(true, ordering: .relaxed)
        await #expect(throws: MemoryRecorder.Refusal.self) { _ = try await job.pause() }
        #expect(scheduler.record("job")?.state == .paused)
        await #expect(throws: MemoryRecorder.Refusal.self) { _ = try await job.pause() }
        await #expect(throws: MemoryRecorder.Refusal.self) { _ = try await job.resume() }
        #expect(scheduler.record("job")?.state == .running)
        gate.open()
        await #expect(throws: MemoryRecorder.Refusal.self) { _ = try await job.stop() }
        #expect(recorder.current.jobs["job"]?.state == .running)
        recorder.isFull.store(false, ordering: .relaxed)
        await recorder.wait { $0.jobs["job"]?.state == .stopped }
        let record = try #require(recorder.current.jobs["job"])
        #expect(
            recorder.current.checkpoints["job"]?.last?.record.agentSteps
                == record.progress.agentSteps
        )
    }

    @Test("a shutdown names the jobs that could not be written down")
    func unsaved() async throws {
        let (recorder, notices) = (recorder, NoticeLog())
        let scheduler = scheduler(notices) { _ in await Task.yield() }
        for id in ["a", "b"] {
            _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: id)
        }
        await recorder.wait { $0.jobs.values.allSatisfy { $0.state == .running } }
        recorder.isFull.store(true, ordering: .relaxed)
        let unsaved = await scheduler.shutDown(reason: "the server was shut down")
        #expect(Set(unsaved.map(\.id)) == ["a", "b"])
        #expect(unsaved.allSatisfy { $0.reason.contains("Refusal") })
        recorder.isFull.store(false, ordering: .relaxed)
        await notices.wait { $0.count { $0.kind == .suspended } == 2 }
        #expect(["a", "b"].allSatisfy { !recorder.snapshots(of: $0).files.isEmpty })
    }

    @Test("a job that was deleted from outside ends, and is tried no more")
    func forgotten() async throws {
        let (recorder, notices) = (recorder, NoticeLog())
        let scheduler = scheduler(notices) { _ in await Task.yield() }
        _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: "job")
        await recorder.wait { ($0.jobs["job"]?.progress.agentSteps ?? 0) > 0 }
        recorder.isForgetful.store(true, ordering: .relaxed)
        await notices.wait { $0.contains { $0.kind == .failed } }
        #expect(notices.kinds(of: "job") == [.queued, .started, .failed])
    }

    @Test("jobs that waited when the last server ended go on waiting their turn")
    func waiting() async throws {
        let recorder = recorder
        let scheduler = scheduler { _ in await Task.yield() }
        let records = ["first", "second"].map { id in
            JobRecord(id: id, specification: .smallCartPole(), createdAt: 1)
        }
        for record in records { _ = try recorder.create(record, for: nil) }
        await scheduler.takeIn(records)
        await recorder.wait { $0.jobs.values.allSatisfy { $0.state == .completed } }
    }

    @Test("a shutdown leaves waiting jobs as they are, for the next server")
    func shutdownLeavesWaiting() async throws {
        let scheduler = makeScheduler(recorder, maxRunningJobs: 1)
        _ = try await scheduler.submit(.smallCartPole(steps: 10_000_000), id: "first")
        _ = try await scheduler.submit(.smallCartPole(), id: "second")
        await recorder.wait { $0.jobs["first"]?.state == .running }
        #expect(await scheduler.shutDown(reason: "the server was shut down").isEmpty)
        #expect(recorder.current.jobs["first"]?.state == .running)
        #expect(recorder.current.jobs["second"]?.state == .queued)
        #expect(recorder.current.jobs["second"]?.failure == nil)
    }
}

/// Keeps what a scheduler tells, and lets tests wait for it.
final class NoticeLog: Sendable {
    private struct State {
        var notices: [JobNotice] = []
        var waiters: [(isMet: @Sendable ([JobNotice]) -> Bool, CheckedContinuation<Void, Never>)] =
            []
    }

    private let state = Mutex(State())

    @Sendable func note(_ notice: JobNotice) {
        let met = state.withLock { state in
            state.notices.append(notice)
            let notices = state.notices
            defer { state.waiters.removeAll { $0.isMet(notices) } }
            return state.waiters.filter { $0.isMet(notices) }
        }
        for waiter in met { waiter.1.resume() }
    }

    func kinds(of job: String) -> [JobNotice.Kind] {
        state.withLock { $0.notices.filter { $0.job == job }.map(\.kind) }
    }

    func wait(until isMet: @escaping @Sendable ([JobNotice]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetNow = state.withLock { state in
                if isMet(state.notices) { return true }
                state.waiters.append((isMet, continuation))
                return false
            }
            if isMetNow { continuation.resume() }
        }
    }
}

/// Holds those who come until it is opened, once and for all.
private final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiters: [CheckedContinuation<Void, Never>]()))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// A scheduler that is made after what asks it.
private final class RecordsOnDemand: Sendable {
    private let held = Mutex<JobScheduler?>(nil)

    var scheduler: JobScheduler? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }

    func record(_ id: String) -> JobRecord? {
        scheduler?.record(id)
    }
}
