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
        let byTime = try await series(store, "loss", along: .wallSeconds, within: 2...6)
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

    @Test("a curve begins and ends where its points do")
    func ends() async throws {
        let store = try await storeWithPoints(1000)
        let loss = try await series(store, "loss", maxPoints: 7)
        #expect(loss.x.first == 0 && loss.x.last == 9990)
        #expect(loss.y.first == 0 && loss.y.last == 999)
    }

    @Test("several curves are made in one pass, in the order that is asked for")
    func severalCurves() async throws {
        let store = try await storeWithPoints(5)
        let curves = try await store.series(
            ["mean_q", "none", "loss"],
            ofJob: "a",
            along: .agentSteps,
            within: 10...30,
            maxPoints: 10
        )
        #expect(curves.map(\.name) == ["mean_q", "none", "loss"])
        #expect(curves.map(\.y) == [[1, 1, 1], [], [1, 2, 3]])
    }

    @Test("the moving average is the same whatever part is looked at", arguments: [0, 0.5, 0.99])
    func smoothing(weight: Double) async throws {
        // More than three blocks, so that the lead-in has to go back by some.
        let store = try await storeWithPoints(4000, value: { sin(Double($0)) + Double($0) })
        var (sum, rest, averages) = (0.0, 1.0, [Double]())
        for index in 0..<4000 {
            sum = sum * weight + (1 - weight) * (sin(Double(index)) + Double(index))
            rest *= weight
            averages.append(sum / (1 - rest))
        }
        for range in [0.0...39_990, 35_000...36_000, 39_990...39_990] {
            let loss = try await series(
                store,
                "loss",
                within: range,
                maxPoints: 5000,
                smoothing: weight
            )
            let smoothed = try #require(loss.smoothed)
            #expect(smoothed.count == loss.x.count && loss.min == nil)
            for (x, average) in zip(loss.x, smoothed) {
                let wanted = averages[Int(x / 10)]
                #expect(abs(try #require(average) - wanted) < 2e-6 * wanted + 1e-9)
            }
        }
        let whole = try await series(store, "loss", maxPoints: 50, smoothing: weight)
        #expect(whole.smoothed?.last == averages.last && whole.smoothedCount == 4000)
        #expect(try await series(store, "loss", maxPoints: 50).smoothed == nil)
    }

    @Test("a moving average goes on behind a gap")
    func smoothedGap() async throws {
        let store = try await storeWithPoints(3, value: { $0 == 1 ? .nan : Double($0) })
        let loss = try await series(store, "loss", smoothing: 0.5)
        // By hand: 0.5 · 0 + 0.5 · 2 = 1, over the share 1 − 0.25 of the two values.
        #expect(loss.smoothed == [0, nil, 1 / 0.75] && loss.smoothedCount == 2)
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
            #expect(meanQ.map(\.position.agentSteps) == (0..<20).map { $0 * 10 })
        }
    }

    @Test("every axis is kept in the job's row, its events, its points, its curves and the totals")
    func everyAxis() async throws {
        let store = try folder.open()
        var job = JobRecord.example("a")
        for (index, axis) in TrainingAxis.counts.enumerated() {
            job.progress.position[count: axis] = 1_000 + index
        }
        job.progress.wallSeconds = 1_000.5
        try store.create(job)
        try store.record([job.event(.metrics([Metric(.loss, 1)]))], of: job)
        #expect(try await store.job("a")?.progress.position == job.progress.position)
        var cursor = MetricCursor()
        let points = try await store.points(ofJob: "a", names: nil, after: &cursor, limit: 9)
        #expect(points.map(\.position) == [job.progress.position])
        let event = try #require(try await store.events(ofJob: "a", after: 0, limit: 9).first)
        let totals = try await store.trainingTotals()
        for axis in TrainingAxis.allCases {
            let value = job.progress.position[axis]
            for (range, count) in [(value...value, 1), (0...(value - 1), 0)] {
                let curve = try await series(store, "loss", along: axis, within: range)
                #expect(curve.x.count == count)
            }
            let number = job.progress.position.json(along: axis)
            #expect(event.data.contains("\"\(axis.rawValue)\":\(number)"))
            #expect(totals[axis] == (axis.isCount ? value : 0))
        }
    }

    private func series(
        _ store: RunStore,
        _ name: String,
        along axis: TrainingAxis = .agentSteps,
        within range: ClosedRange<Double> = -Double.infinity ... .infinity,
        maxPoints: Int = 10,
        smoothing: Double? = nil
    ) async throws -> MetricSeries {
        try #require(
            try await store.series(
                [name],
                ofJob: "a",
                along: axis,
                within: range,
                maxPoints: maxPoints,
                smoothing: smoothing
            ).first
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
