/// A curve whose points come one by one, joined to buckets where they are too many.
///
/// The first and the last point stay by themselves where there is room for that, so that a curve
/// begins and ends where its points do.
struct MetricCurve {
    private(set) var series: MetricSeries
    private let pointsPerBucket: Int
    private let keepsEnds: Bool
    private var bucket = Bucket()
    private var pointsLeft: Int
    private var average: MovingAverage?

    /// - Parameters:
    ///   - name: The series.
    ///   - pointCount: How many points will come.
    ///   - maxPoints: The curve has at most so many.
    ///   - smoothing: The weight of a moving average over all points; nil for none.
    init(name: String, pointCount: Int, maxPoints: Int, smoothing: Double?) {
        let isJoined = pointCount > maxPoints
        keepsEnds = isJoined && maxPoints > 2
        let ends = keepsEnds ? 2 : 0
        let room = maxPoints - ends
        pointsPerBucket = isJoined ? (pointCount - ends + room - 1) / room : 1
        pointsLeft = pointCount
        average = smoothing.map(MovingAverage.init)
        series = MetricSeries(
            name: name,
            x: [],
            y: [],
            min: isJoined ? [] : nil,
            max: isJoined ? [] : nil,
            smoothed: smoothing == nil ? nil : [],
            smoothedCount: smoothing == nil ? nil : 0
        )
    }

    /// Takes points in the order in which they were recorded; those outside of the range only
    /// count for what comes after them.
    mutating func append(_ points: (x: [Double], y: [Double]), within range: ClosedRange<Double>) {
        for (x, y) in zip(points.x, points.y) {
            let smoothed = y.isFinite ? average?.add(y) : nil
            if range.contains(x) { append(x: x, y: y, smoothed: smoothed) }
        }
    }

    private mutating func append(x: Double, y: Double, smoothed: Double?) {
        bucket.add(x, y, smoothed)
        pointsLeft -= 1
        let isEnd = keepsEnds && (series.x.isEmpty || pointsLeft == 1)
        guard bucket.points == pointsPerBucket || pointsLeft == 0 || isEnd else { return }
        close()
    }

    /// Closes the last bucket where fewer points came than there should be: a block is damaged.
    mutating func finish() {
        if bucket.points > 0 { close() }
    }

    private mutating func close() {
        series.x.append(bucket.sumX / Double(bucket.points))
        series.y.append(bucket.values > 0 ? bucket.sumY / Double(bucket.values) : nil)
        series.min?.append(bucket.smallest)
        series.max?.append(bucket.largest)
        if let average {
            let mean = bucket.sumSmoothed / Double(bucket.smoothedValues)
            series.smoothed?.append(bucket.smoothedValues > 0 ? mean : nil)
            series.smoothedCount = average.count
        }
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
        var smoothedValues = 0
        var sumSmoothed = 0.0

        mutating func add(_ x: Double, _ y: Double, _ smoothed: Double?) {
            points += 1
            sumX += x
            if let smoothed {
                smoothedValues += 1
                sumSmoothed += smoothed
            }
            guard !y.isNaN else { return }
            values += 1
            sumY += y
            smallest = smallest.map { Swift.min($0, y) } ?? y
            largest = largest.map { Swift.max($0, y) } ?? y
        }
    }
}
