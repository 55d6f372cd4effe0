internal import Training

/// Neighbouring blocks of a job, of which the points of one series are wanted.
struct MetricPart: Sendable {
    let series: Int
    let name: String
    /// How often the job has gone back.
    let rewinds: Int
    /// The last event that the reader has.
    let after: Int
    var blocks: [EventBlockRow] = []
    /// Whether no blocks follow.
    var isLast = false

    init(series: Int, name: String, rewinds: Int, after: Int) {
        self.series = series
        self.name = name
        self.rewinds = rewinds
        self.after = after
    }

    /// At most `limit` points, and the cursor moved behind them.
    func points(
        after cursor: inout MetricCursor,
        limit: Int,
        _ damages: DamageReport
    ) -> [MetricPoint] {
        var points: [MetricPoint] = []
        var position = after
        cursor.rewinds = rewinds
        for row in blocks {
            let isFull = damages.reading(row) { () throws(RunStorageError) in
                let block = try EventBlockReader(row.bytes)
                guard let place = block.seriesNames.firstIndex(of: name) else { return false }
                let rows = PointRows(block, try block.integers(.sequences))
                try rows.append(place, name, after: after, limit: limit, to: &points, &position)
                return points.count == limit
            }
            if isFull == true {
                (cursor.series, cursor.position) = (series, position)
                return points
            }
            position = max(position, row.lastSequence)
        }
        // The next series begins before its first event.
        (cursor.series, cursor.position) = isLast ? (series + 1, 0) : (series, position)
        return points
    }
}

/// A block's events as points with all their positions.
private struct PointRows {
    private let block: EventBlockReader
    private let sequences: [Int]

    init(_ block: EventBlockReader, _ sequences: [Int]) {
        self.block = block
        self.sequences = sequences
    }

    /// Appends the points of a series behind the event `after`, and moves `position` to the event of
    /// the last.
    func append(
        _ place: Int,
        _ name: String,
        after: Int,
        limit: Int,
        to points: inout [MetricPoint],
        _ position: inout Int
    ) throws(RunStorageError) {
        let (rows, values) = (try block.rows(ofSeries: place), try block.values(ofSeries: place))
        let positions = try block.positions()
        guard rows.count == values.count, sequences.count == block.count else {
            throw .unreadable("the columns of a block of events differ in length")
        }
        for (row, value) in zip(rows, values) where sequences[row] > after {
            guard points.count < limit else { return }
            position = sequences[row]
            points.append(
                MetricPoint(
                    name: name,
                    position: positions[row],
                    value: value.isNaN ? nil : value
                )
            )
        }
    }
}
