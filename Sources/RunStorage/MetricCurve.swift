/// Which points of a job are looked at.
struct MetricWindow: Sendable {
    let job: String
    let axis: MetricAxis
    let range: ClosedRange<Double>
    /// The last event of the job that is looked at.
    let newest: Int

    /// How many points of a series a block has within the window.
    func count(
        of name: String,
        in block: EventBlockReader,
        isWithin: Bool
    ) throws(RunStorageError) -> Int {
        guard let place = block.seriesNames.firstIndex(of: name) else { return 0 }
        if isWithin { return block.seriesCounts[place] }
        return try block.points(of: name, along: axis).count { range.contains($0.x) }
    }
}

/// A curve whose points come one by one, joined to buckets where they are too many.
struct MetricCurve {
    private(set) var series: MetricSeries
    private let pointsPerBucket: Int
    private var bucket = Bucket()
    private var pointsLeft: Int

    /// - Parameters:
    ///   - name: The series.
    ///   - pointCount: How many points will come.
    ///   - maxPoints: The curve has at most so many.
    init(name: String, pointCount: Int, maxPoints: Int) {
        let isJoined = pointCount > maxPoints
        pointsPerBucket = isJoined ? (pointCount + maxPoints - 1) / maxPoints : 1
        pointsLeft = pointCount
        series = MetricSeries(
            name: name,
            x: [],
            y: [],
            min: isJoined ? [] : nil,
            max: isJoined ? [] : nil
        )
    }

    mutating func append(x: Double, y: Double) {
        bucket.add(x, y)
        pointsLeft -= 1
        guard bucket.points == pointsPerBucket || pointsLeft == 0 else { return }
        series.x.append(bucket.sumX / Double(bucket.points))
        series.y.append(bucket.values > 0 ? bucket.sumY / Double(bucket.values) : nil)
        series.min?.append(bucket.smallest)
        series.max?.append(bucket.largest)
        bucket = Bucket()
    }

    private struct Bucket {
        var points = 0
        var sumX = 0.0
        /// Those that are numbers.
        var values = 0
        var sumY = 0.0
        var smallest: Double?
        var largest: Double?

        mutating func add(_ x: Double, _ y: Double) {
            points += 1
            sumX += x
            guard !y.isNaN else { return }
            values += 1
            sumY += y
            smallest = smallest.map { Swift.min($0, y) } ?? y
            largest = largest.map { Swift.max($0, y) } ?? y
        }
    }
}
