import Foundation
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct MetricStorageTests {
    let folder = TemporaryFolder()

    @Test("few points are given as they were recorded, along any axis")
    func fewPoints() async throws {
        let store = try await storeWithPoints(5)
        let loss = try await series(store, "loss", maxPoints: 10)
        #expect(loss.x == [0, 10, 20, 30, 40] && loss.y == [0, 1, 2, 3, 4])
        #expect(loss.min == nil && loss.max == nil)
        let byTime = try await store.series(
            "loss",
            ofJob: "a",
            along: .wallSeconds,
            within: 2...6,
            maxPoints: 10
        )
        #expect(byTime.x == [2.5, 5] && byTime.y == [1, 2])
        #expect(try await series(store, "none", maxPoints: 10).x.isEmpty)
        #expect(try await store.seriesNames(ofJob: "a") == ["loss", "mean_q"])
    }

    @Test("many points are joined, and no spike is lost", arguments: [1, 7, 100, 999])
    func manyPoints(maxPoints: Int) async throws {
        let store = try await storeWithPoints(1000, spikeAt: 617)
        let loss = try await series(store, "loss", maxPoints: maxPoints)
        #expect(loss.x.count <= maxPoints && loss.x.count * 2 > maxPoints / 2)
        #expect(loss.x == loss.x.sorted())
        #expect(loss.max?.compactMap { $0 }.max() == 1e6)
        #expect(loss.min?.compactMap { $0 }.min() == 0)
        #expect(loss.y.count == loss.x.count)
    }

    @Test("a value that is no number is a gap")
    func gaps() async throws {
        let store = try await storeWithPoints(3, value: { $0 == 1 ? .nan : Double($0) })
        #expect(try await series(store, "loss", maxPoints: 10).y == [0, nil, 2])
    }

    @Test("every point can be read in parts of any size", arguments: [1, 3, 1000])
    func allPoints(limit: Int) async throws {
        let store = try await storeWithPoints(20)
        for names in [nil, ["mean_q"]] as [Set<String>?] {
            var (cursor, points) = (MetricCursor(), [MetricPoint]())
            while true {
                let part = try await store.points(
                    ofJob: "a",
                    names: names,
                    after: &cursor,
                    limit: limit
                )
                if part.isEmpty { break }
                points += part
            }
            #expect(points.count == (names == nil ? 40 : 20))
            let meanQ = points.filter { $0.name == "mean_q" }
            #expect(meanQ.map(\.agentSteps) == (0..<20).map { $0 * 10 })
        }
    }

    private func series(
        _ store: RunStore,
        _ name: String,
        maxPoints: Int
    ) async throws -> MetricSeries {
        try await store.series(
            name,
            ofJob: "a",
            along: .agentSteps,
            within: -Double.infinity ... .infinity,
            maxPoints: maxPoints
        )
    }

    private func storeWithPoints(
        _ count: Int,
        spikeAt spike: Int? = nil,
        value: (Int) -> Double = { Double($0) }
    ) async throws -> RunStore {
        let store = try folder.open()
        let job = JobRecord.example("a")
        try store.create(job)
        let events = (0..<count).map { index in
            job.at(agentSteps: index * 10).event(
                .metrics([
                    Metric("loss", index == spike ? 1e6 : value(index)), Metric("mean_q", 1),
                ])
            )
        }
        // Two transactions, as a job writes them.
        try store.record(Array(events.prefix(count / 2)), of: job)
        try store.record(Array(events.dropFirst(count / 2)), of: job)
        return store
    }
}
