import Checkpoints
import DeepQLearning
import Foundation
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct RunStoreTests {
    let folder = TemporaryFolder()

    @Test("a job is read back as it was written")
    func jobRoundTrip() async throws {
        let store = try folder.open()
        var job = JobRecord.example("a")
        try store.create(job)
        #expect(try await store.job("a") == job)
        job = job.at(agentSteps: 40)
        job.best = BestResult(meanReturn: 3.5, checkpoint: "a-1")
        job.latest.meanQ = -1
        job.endedAt = 99
        job.state = .failed
        job.failure = "the loss became nan"
        try store.record([], of: job)
        #expect(try await store.job("a") == job)
        #expect(try await store.job("b") == nil)
    }

    @Test("jobs are listed newest first, in parts, by state and by environment")
    func listing() async throws {
        let store = try folder.open()
        for index in 0..<7 {
            let environment = index.isMultiple(of: 2) ? "cartpole" : "catch"
            var job = JobRecord.example("j\(index)", environment: environment)
            try store.create(job)
            job.state = index < 3 ? .completed : .running
            try store.record([], of: job)
        }
        var ids: [String] = []
        var cursor: JobCursor?
        repeat {
            let page = try await store.jobs(limit: 3, after: cursor)
            ids += page.jobs.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(ids == ["j6", "j5", "j4", "j3", "j2", "j1", "j0"])
        let completed = try await store.jobs(state: .completed, limit: 9)
        #expect(completed.jobs.map(\.id) == ["j2", "j1", "j0"])
        let catches = try await store.jobs(environment: "catch", limit: 9)
        #expect(catches.jobs.map(\.id) == ["j5", "j3", "j1"])
    }

    @Test("jobs of older versions are read whatever their names are")
    func oldNames() async throws {
        let store = try folder.open()
        let example = JobRecord.example("a")
        for (id, name) in [
            ("a", ""), ("b", "x\u{202e}\u{0}"), ("c", String(repeating: "é", count: 999)),
        ] {
            var specification = example.specification
            specification.name = name
            try store.create(JobRecord(id: id, specification: specification, createdAt: 1))
            #expect(try await store.job(id)?.specification.name == name)
        }
    }

    @Test("a cursor is read as it was written, and nothing else is one")
    func cursors() async throws {
        let store = try folder.open()
        for id in ["a", "b"] { try store.create(.example(id)) }
        let next = try #require(try await store.jobs(limit: 1).next)
        #expect(JobCursor(next.description) == next)
        for text in [
            "", "2", "a", "before-", "before-0", "before--1", "before-+2", "before-02", "before-2 ",
        ] {
            #expect(JobCursor(text) == nil, "\(text)")
        }
    }

    @Test("events are numbered by one within a job and over all, and read on from any of them")
    func events() async throws {
        let store = try folder.open()
        let jobs = ["a", "b"].map { JobRecord.example($0).at(agentSteps: 10) }
        for job in jobs { try store.create(job) }
        for round in 0..<3 {
            for job in jobs {
                try store.record(
                    [
                        job.event(.log(.info, "line \(round)")),
                        job.event(.state(.running, reason: nil)),
                    ],
                    of: job
                )
            }
        }
        let ofA = try await store.events(ofJob: "a", after: 0, limit: 100)
        #expect(ofA.map(\.id) == [1, 2, 3, 4, 5, 6])
        #expect(ofA.map(\.name) == ["log", "state", "log", "state", "log", "state"])
        #expect(ofA[0].data.contains(#""message":"line 0""#))
        #expect(try await store.events(ofJob: "a", after: 4, limit: 1).map(\.id) == [5])
        let all = try await store.events(after: 0, limit: 100)
        #expect(all.map(\.id) == Array(1...12))
        #expect(all.map(\.job).prefix(4) == ["a", "a", "b", "b"])
        #expect(try await store.newestEvent() == 12)
    }

    @Test("a reader that waits is woken by the next event, or by being cancelled")
    func waiting() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a")
        try store.create(job)
        async let woken: Void = store.waitForEvents(beyond: 0)
        try store.record([job.event(.log(.info, "x"))], of: job)
        await woken
        #expect(try await store.events(ofJob: "a", after: 0, limit: 9).count == 1)
        await store.waitForEvents(beyond: 0)
        let cancelled = Task { await store.waitForEvents(beyond: 1) }
        cancelled.cancel()
        await cancelled.value
        #expect(try await store.events(ofJob: "a", after: 1, limit: 9).isEmpty)
    }

    @Test("who listens to a job is told of its events alone, and who listens to all of any")
    func listening() async throws {
        let store = try folder.open()
        let (a, b) = (JobRecord.example("a"), JobRecord.example("b"))
        try store.create(a)
        try store.create(b)
        let (toA, toAll) = (store.listen(toJob: "a"), store.listen(toJob: nil))
        try store.record([b.event(.log(.info, "x"))], of: b)
        await toAll.next()
        async let countOfA = {
            await toA.next()
            return try await store.events(ofJob: "a", after: 0, limit: 9).count
        }()
        for _ in 0..<10 {
            try store.record([b.event(.log(.info, "x"))], of: b)
            await Task.yield()
        }
        try store.record([a.event(.log(.info, "x"))], of: a)
        // Had any of the others woken it, it would have found none.
        #expect(try await countOfA == 1)
        await toAll.next()
        let cancelled = Task { await toA.next() }
        cancelled.cancel()
        await cancelled.value
    }

    @Test("jobs that had not ended with the last server stay as they are, and go on")
    func unfinished() async throws {
        do {
            let store = try folder.open()
            for state in JobState.allCases {
                var job = JobRecord.example(state.rawValue)
                try store.create(job)
                job.state = state
                try store.record([job.event(.state(state, reason: nil))], of: job)
            }
        }
        let store = try folder.open()
        for state in JobState.allCases {
            let job = try #require(try await store.job(state.rawValue))
            #expect(job.state == state && job.failure == nil)
            let events = try await store.events(ofJob: state.rawValue, after: 0, limit: 9)
            #expect(events.count == 1)
        }
        #expect(Set(store.opening.continuedJobs) == ["running", "paused"])
        let unfinished = Set(try await store.unfinishedJobs().map(\.id))
        #expect(unfinished == ["queued", "running", "paused"])
    }

    @Test("a folder is held by one store at a time")
    func lock() throws {
        let first = try folder.open()
        #expect(throws: RunStorageError.folderInUse(folder.path)) { _ = try folder.open() }
        _ = first
    }

    @Test("a folder that cannot be made is refused with the reason")
    func noFolder() {
        let error = RunStorageError.folder("/proc/none", reason: "No such file or directory")
        #expect(throws: error) {
            _ = try RunStore(folder: "/proc/none", now: { 0 })
        }
    }

    @Test("deleting a job forgets its events, series and checkpoint files")
    func deletion() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a").at(agentSteps: 10)
        try store.create(job)
        try store.record([job.event(.metrics([Metric("loss", 1)]))], of: job)
        _ = try store.save(.example, of: job, evaluation: nil, isBest: false)
        #expect(folder.files == ["a-1.safetensors"])
        try store.deleteJob("a")
        #expect(try await store.job("a") == nil)
        #expect(try await store.events(after: 0, limit: 9).isEmpty)
        #expect(try await store.seriesNames(ofJob: "a").isEmpty)
        #expect(try await store.checkpoint("a-1") == nil)
        #expect(folder.files.isEmpty)
    }

    @Test("a request with the key of an earlier one makes no second job, until that is deleted")
    func idempotency() async throws {
        let store = try folder.open()
        let request = IdempotentRequest(key: "k", digest: "d")
        let other = IdempotentRequest(key: "k", digest: "other")
        #expect(try await store.earlierCreation(by: request) == nil)
        #expect(try store.create(.example("a"), for: request) == .created)
        #expect(try store.create(.example("b"), for: request) == .repeated(job: "a"))
        #expect(try store.create(.example("b"), for: other) == .keyReused)
        #expect(try await store.earlierCreation(by: request) == .repeated(job: "a"))
        #expect(try await store.job("b") == nil)
        try store.deleteJob("a")
        #expect(try store.create(.example("c"), for: request) == .created)
        #expect(try store.create(.example("d"), for: request) == .repeated(job: "c"))
    }
}

extension PolicyCheckpoint {
    /// A small policy.
    static var example: PolicyCheckpoint {
        var table = QTable(stateCount: 2, actionCount: 2)
        table.values = [1, 2, 3, 4]
        return PolicyCheckpoint(
            policy: PolicySnapshot(function: .table(table), agentSteps: 10, gradientUpdates: 3),
            environment: "routes",
            actionNames: ["left", "right"],
            hyperparameters: "{}"
        )
    }
}
