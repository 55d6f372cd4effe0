import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct RetentionTests {
    let folder = TemporaryFolder()

    @Test("a long job's old events become fewer, and no extreme, state or new event is lost")
    func thinning() async throws {
        let store = try RunStore(folder: folder.path, mostEventsPerJob: 8192, now: { 1 })
        let job = JobRecord.example("a")
        try store.create(job)
        let count = 100_000
        for start in stride(from: 1, through: count, by: 1000) {
            let events = (start..<start + 1000).map { index -> TrainingEvent in
                if index == 5000 { return job.event(.log(.info, "here")) }
                let value = index == 1234 ? 1e6 : index == 54_321 ? -1e6 : Double(index % 10)
                return job.at(agentSteps: index).event(
                    .episode(
                        EpisodeSummary(
                            number: index,
                            episodeReturn: value,
                            length: 1,
                            isTruncated: false
                        )
                    )
                )
            }
            try store.record(events, of: job)
        }
        let events = try await store.events(ofJob: "a", after: 0, limit: count)
        let ids = events.map(\.id)
        #expect(events.count <= 8192)
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        // The newest quarter is whole, and the numbers go on.
        #expect(Array(ids.suffix(2048)) == Array((count - 2047)...count))
        #expect(events.contains { $0.name == "log" && $0.id == 5000 })
        let curve = try await returns(store, maxPoints: 100)
        #expect(curve.max?.compactMap { $0 }.max() == 1e6)
        #expect(curve.min?.compactMap { $0 }.min() == -1e6)
        let fine = try await returns(store, maxPoints: 100_000)
        #expect((fine.x.first ?? .infinity) < 2000)
        let newest = try await store.events(after: count - 10, limit: 100)
        #expect(newest.map(\.id) == Array((count - 9)...count))
        try store.record([job.event(.log(.info, "next"))], of: job)
        let next = try await store.events(ofJob: "a", after: count, limit: 9)
        #expect(next.map(\.id) == [count + 1])
    }

    private func returns(_ store: RunStore, maxPoints: Int) async throws -> MetricSeries {
        try #require(
            try await store.series(
                ["episode_return"],
                ofJob: "a",
                along: .agentSteps,
                within: 0...1e9,
                maxPoints: maxPoints
            ).first
        )
    }

    @Test("a point takes few bytes")
    func bytesPerPoint() throws {
        let job = JobRecord.example("a")
        var generator = SystemRandomNumberGenerator()
        let events = (1...50_000).map { index in
            job.at(agentSteps: index * 100).event(
                .metrics(
                    ["loss", "mean_q", "td_error", "agent_steps_per_second"].map {
                        Metric($0, Double.random(in: 0..<1, using: &generator))
                    } + [Metric("epsilon", 0.1)]
                )
            )
        }
        do {
            let store = try folder.open()
            try store.create(job)
            try store.record(events, of: job)
        }
        // Every point with all its positions, and the text of its event.
        #expect(folder.databaseBytes / (50_000 * 5) <= 16)
    }

    @Test("what a deleted job had is given back to the system, also by the next server")
    func givingBack() async throws {
        let job = JobRecord.example("a")
        var generator = SystemRandomNumberGenerator()
        do {
            let store = try folder.open()
            try store.create(job)
            for _ in 0..<10 {
                let events = (1...20_000).map { _ in
                    let value = Double.random(in: 0..<1, using: &generator)
                    return job.event(.metrics([Metric("loss", value)]))
                }
                try store.record(events, of: job)
            }
        }
        #expect(folder.databaseBytes > 1_600_000)
        do {
            let store = try folder.open()
            try store.deleteJob("a")
            #expect(try await store.events(after: 0, limit: 9).isEmpty)
            // The store ends before all is deleted, or after: either must be right.
        }
        do {
            let store = try folder.open()
            store.finishDeletion()
            #expect(try await store.newestEvent() == 200_000)
        }
        #expect(folder.databaseBytes < 1_400_000)
    }

    @Test("what all jobs have done never becomes less")
    func totals() async throws {
        do {
            let store = try folder.open()
            for id in ["a", "b"] {
                let job = JobRecord.example(id)
                try store.create(job)
                try store.record([], of: job.at(agentSteps: 70))
                // A job that goes back to a snapshot does some of its steps again.
                try store.record([], of: job.at(agentSteps: 50))
                try store.record([], of: job.at(agentSteps: 100))
            }
            let totals = try await store.trainingTotals()
            #expect(totals.agentSteps == 240 && totals.episodes == 24)
            try store.deleteJob("a")
            #expect(try await store.trainingTotals() == totals)
        }
        let store = try folder.open()
        #expect(try await store.trainingTotals().agentSteps == 240)
        #expect(try await store.jobCounts()[.stopped] == 0)
        #expect(try await store.jobCounts()[.running] == 1)
    }
}
