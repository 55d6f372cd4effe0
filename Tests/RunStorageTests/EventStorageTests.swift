import JSONFields
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct EventStorageTests {
    let folder = TemporaryFolder()

    @Test(
        "events come back as they were told, however many a call brings",
        arguments: [1, 7, 5000]
    )
    func roundTrip(perCall: Int) async throws {
        let store = try folder.open()
        let job = JobRecord.example("a")
        try store.create(job)
        let events = (1...5000).map { Self.event($0, of: job) }
        var rest = events[...]
        while !rest.isEmpty {
            try store.record(Array(rest.prefix(perCall)), of: job)
            rest = rest.dropFirst(perCall)
        }
        var (read, after) = ([StoredEvent](), 0)
        while true {
            let part = try await store.events(ofJob: "a", after: after, limit: 333)
            guard let last = part.last else { break }
            read += part
            after = last.id
        }
        #expect(read.map(\.id) == Array(1...5000))
        #expect(read.map(\.name) == events.map(\.kind.name))
        for (stored, event) in zip(read, events) {
            #expect(stored.data == JSONValue.object(event.data).description)
        }
        #expect(try await store.events(after: 0, limit: 9000).map(\.data) == read.map(\.data))
        #expect(try await store.newestEvent() == 5000)
    }

    @Test("the points of every event are exact to the bit")
    func exactPoints() async throws {
        let store = try folder.open()
        let job = JobRecord.example("a")
        try store.create(job)
        let values: [Double] = [
            0.1, -0.0, 1e300, .leastNonzeroMagnitude, 3, -7, 12.345, .infinity, 1 / 3,
            Double(Float(0.3)), 9_007_199_254_740_994,
        ]
        let events = (0..<3000).map { index in
            job.at(agentSteps: index).event(
                .metrics([
                    Metric("mixed", values[index % values.count]), Metric("constant", 0.1),
                    Metric("float", Double(Float(index) / 7)), Metric("tenths", Double(index) / 10),
                ])
            )
        }
        try store.record(events, of: job)
        var cursor = MetricCursor()
        for name in ["mixed", "constant", "float", "tenths"] {
            var read: [Double] = []
            while read.count < events.count {
                let points = try await store.points(
                    ofJob: "a",
                    names: [name],
                    after: &cursor,
                    limit: 1000
                )
                try #require(!points.isEmpty)
                read += points.compactMap(\.value)
            }
            let recorded = events.map { $0.metrics.first { $0.name == name }?.value ?? .nan }
            #expect(read.map(\.bitPattern) == recorded.map(\.bitPattern), "\(name)")
            cursor = MetricCursor()
        }
    }

    @Test("events of jobs that ran at the same time come in the order in which they were written")
    func interleaved() async throws {
        let store = try folder.open()
        let jobs = ["a", "b", "c"].map { JobRecord.example($0) }
        for job in jobs { try store.create(job) }
        var written: [String] = []
        for round in 1...60 {
            // One is far quicker than the others, whose blocks would otherwise span everything.
            for (job, count) in zip(jobs, [1, 900, 2]) {
                let events = (1...count).map { Self.event(round * 1000 + $0, of: job) }
                try store.record(events, of: job)
                written += events.map { _ in job.id }
            }
        }
        for start in [0, 1, 17, 4000, 30_000, written.count - 5] {
            let part = try await store.events(after: start, limit: 500)
            #expect(part.map(\.id) == Array((start + 1)...min(start + 500, written.count)))
            #expect(part.map(\.job) == Array(written[start..<(start + part.count)]))
        }
        let ofSlow = try await store.events(ofJob: "a", after: 0, limit: 100)
        #expect(ofSlow.map(\.id) == Array(1...60))
    }

    @Test("numbers are not used again after a job was deleted")
    func deletedNumbers() async throws {
        let store = try folder.open()
        let jobs = ["a", "b"].map { JobRecord.example($0) }
        for job in jobs { try store.create(job) }
        try store.record([jobs[0].event(.log(.info, "x"))], of: jobs[0])
        try store.record([jobs[1].event(.log(.info, "y"))], of: jobs[1])
        try store.deleteJob("b")
        store.finishDeletion()
        #expect(try await store.newestEvent() == 2)
        try store.record([jobs[0].event(.log(.info, "z"))], of: jobs[0])
        #expect(try await store.events(after: 0, limit: 9).map(\.id) == [1, 3])
    }

    static func event(_ index: Int, of job: JobRecord) -> TrainingEvent {
        let job = job.at(agentSteps: index * 3)
        // To the millisecond, as events show it.
        let time = 1_700_000_000 + (Double(index * 17) + 0.25) / 1000
        let kind: TrainingEvent.Kind =
            switch index % 50 {
            case 0: .metrics([Metric("loss", 1 / Double(index)), Metric("epsilon", 0.5)])
            case 25: .metrics([Metric("epsilon", 0.25)])
            case 49: .log(.info, "line \(index)")
            default:
                .episode(
                    EpisodeSummary(
                        number: index,
                        episodeReturn: Double(index % 7) / 2,
                        length: index % 11,
                        isTruncated: index % 3 == 0
                    )
                )
            }
        return TrainingEvent(kind, at: job.progress.position, time: time)
    }
}
