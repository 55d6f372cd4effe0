import RunStorage
import Testing
import Training

/// What is left of a job that goes back to an earlier moment, and what its readers see.
@Suite(.timeLimit(.minutes(5))) struct RewindTests {
    let folder = TemporaryFolder()
    let undisturbed = TemporaryFolder()

    private static let count = 2500

    @Test(
        "a job that goes back and does the same again has the curves of one that never did",
        arguments: [0, 1, 700, 1023, 1024, 1025, 2047, 2499, 2500]
    )
    func curves(kept: Int) async throws {
        let job = JobRecord.example("a")
        let expected = try undisturbed.open()
        let store = try folder.open()
        for store in [expected, store] {
            try store.create(job)
            try store.record(Self.events(1...Self.count, of: job), of: job.at(agentSteps: 7500))
        }
        try store.rewind(job.at(agentSteps: kept * 3), toEvent: kept)
        #expect(try await store.job("a")?.progress.agentSteps == kept * 3)
        let told = kept == Self.count ? 0 : 1
        #expect(try store.lastEvent(of: "a") == Self.count + told)
        var next = kept + 1
        for end in [1300, Self.count] where next <= end {
            try store.record(Self.events(next...end, of: job), of: job)
            next = end + 1
        }
        for names in [nil, Set(["loss"])] {
            let points = try await Self.points(store, names)
            #expect(points == (try await Self.points(expected, names)))
        }
        #expect(
            try await store.seriesNames(ofJob: "a").sorted()
                == expected.seriesNames(ofJob: "a").sorted()
        )
        for axis in [TrainingAxis.agentSteps, .episodes] {
            for (maxPoints, smoothing) in [(10_000, nil), (50, nil), (70, 0.97)] {
                var curves: [[MetricSeries]] = []
                for store in [store, expected] {
                    curves.append(
                        try await store.series(
                            ["episode_return", "loss", "epsilon"],
                            ofJob: "a",
                            along: axis,
                            within: 60...3000,
                            maxPoints: maxPoints,
                            smoothing: smoothing
                        )
                    )
                }
                #expect(curves[0] == curves[1])
            }
        }
    }

    @Test(
        "the numbers of events taken back are not used again, and a rewind stands in their place",
        arguments: [0, 5, 1024, 2000]
    )
    func numbers(kept: Int) async throws {
        let store = try folder.open()
        let jobs = ["a", "b"].map { JobRecord.example($0) }
        for job in jobs { try store.create(job) }
        let (job, other) = (jobs[0], jobs[1])
        try store.record(Self.events(1...2000, of: job), of: job)
        try store.record(Self.events(1...10, of: other), of: other)
        try store.record(Self.events(2001...2400, of: job), of: job.at(agentSteps: 7200))
        let before = try await store.events(ofJob: "a", after: 0, limit: kept)
        let totals = try await store.trainingTotals()
        try store.rewind(job.at(agentSteps: kept * 3), toEvent: kept)
        try store.record(Self.events(kept + 1...kept + 3, of: job), of: job)

        let all = try await store.events(ofJob: "a", after: 0, limit: 9999)
        #expect(Array(all.prefix(kept)) == before)
        let new = all.dropFirst(kept)
        #expect(new.map(\.id) == [2411, 2412, 2413, 2414])
        let rewind = try #require(new.first)
        #expect(rewind.name == "rewind")
        #expect(rewind.data.hasPrefix("{\"agent_steps\":\(kept * 3),"))
        // Whoever has seen some of what was taken back goes on with the rewind.
        for position in [kept, kept + 1, 2399, 2400] {
            let seen = try await store.events(ofJob: "a", after: position, limit: 1)
            #expect(seen == [rewind])
        }
        let ofAll = try await store.events(after: 2405, limit: 9)
        #expect(ofAll.map(\.id) == [2411, 2412, 2413, 2414])
        #expect(ofAll.first?.name == "rewind" && ofAll.allSatisfy { $0.job == "a" })
        #expect(try await store.newestEvent() == 2414)
        #expect(try await store.trainingTotals() == totals)
    }

    @Test("a series that began after the moment a job goes back to is gone")
    func laterSeries() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a")
        try store.create(job)
        try store.record(Self.events(1...1500, of: job), of: job)
        let summary = EvaluationSummary(returns: [1, 3], lengths: [4, 4], epsilon: 0)
        try store.record([job.at(agentSteps: 4500).event(.evaluation(summary))], of: job)
        #expect(try await store.seriesNames(ofJob: "a").contains("evaluation_return"))
        try store.rewind(job.at(agentSteps: 4500), toEvent: 1500)
        let left = ["episode_length", "episode_return", "epsilon", "loss"]
        #expect(try await store.seriesNames(ofJob: "a").sorted() == left)
        try store.rewind(job, toEvent: 0)
        #expect(try await store.seriesNames(ofJob: "a").isEmpty)
        #expect(try await Self.points(store, nil).isEmpty)
    }

    @Test("a long job keeps what was thinned of it before that moment")
    func thinned() async throws {
        let store = try RunStore(folder: folder.path, mostEventsPerJob: 4096, now: { 1 })
        let job = JobRecord.example("a")
        try store.create(job)
        for start in stride(from: 1, to: 40_000, by: 1000) {
            try store.record(Self.events(start...start + 999, of: job), of: job)
        }
        let before = try await store.events(ofJob: "a", after: 0, limit: 9999)
        for kept in [39_500, 30_000, 11_111, 1] {
            try store.rewind(job.at(agentSteps: kept * 3), toEvent: kept)
            let left = try await store.events(ofJob: "a", after: 0, limit: 9999)
            #expect(left.dropLast() == before.filter { $0.id <= kept }[...])
            #expect(left.last?.name == "rewind")
        }
        try store.record(Self.events(4...9000, of: job), of: job)
        #expect(try await store.events(ofJob: "a", after: 0, limit: 9999).count <= 4096)
    }

    @Test("a reader of every point is not given those of before and after a rewind for one run")
    func export() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a")
        try store.create(job)
        try store.record(Self.events(1...2000, of: job), of: job)
        var cursor = MetricCursor()
        _ = try await store.points(ofJob: "a", names: nil, after: &cursor, limit: 100)
        try store.rewind(job, toEvent: 1000)
        await #expect(throws: RunStorageError.wentBack("a")) {
            _ = try await store.points(ofJob: "a", names: nil, after: &cursor, limit: 100)
        }
    }

    @Test("a job that is gone cannot go back")
    func forgotten() throws {
        let store = try folder.open()
        #expect(throws: JobForgotten(id: "a")) {
            try store.rewind(.example("a"), toEvent: 0)
        }
        #expect(try store.lastEvent(of: "a") == 0)
    }

    static func events(_ range: ClosedRange<Int>, of job: JobRecord) -> [TrainingEvent] {
        range.map { EventStorageTests.event($0, of: job) }
    }

    static func points(_ store: RunStore, _ names: Set<String>?) async throws -> [MetricPoint] {
        var (cursor, points) = (MetricCursor(), [MetricPoint]())
        while true {
            let part = try await store.points(ofJob: "a", names: names, after: &cursor, limit: 333)
            if part.isEmpty {
                // Series come in the order in which they began, which another run may change.
                return points.filter { $0.name == "loss" } + points.filter { $0.name != "loss" }
            }
            points += part
        }
    }
}
