internal import Foundation
internal import GRDB
public import Training

extension RunStore {
    /// Curves of a job, of at most `maxPoints` points each.
    ///
    /// Where more were recorded, neighbours are joined to buckets that keep their smallest and
    /// largest value, so that no spike is lost. All curves are made in one pass over the blocks.
    ///
    /// - Parameters:
    ///   - names: The series.
    ///   - job: The job.
    ///   - axis: What the points are laid out along.
    ///   - range: Only points within, on that axis.
    ///   - maxPoints: At most so many points, at least 1.
    ///   - smoothing: The weight, 0..<1, of a moving average that is made of all recorded points,
    ///     those before the range among them; nil for none.
    /// - Returns: A curve for each name, empty if there is no such series.
    /// - Throws: Where the database refuses.
    public func series(
        _ names: [String],
        ofJob job: String,
        along axis: TrainingAxis,
        within range: ClosedRange<Double>,
        maxPoints: Int,
        smoothing: Double? = nil
    ) async throws(RunStorageError) -> [MetricSeries] {
        // A job goes back when it is taken up again, which is seldom: then all is read anew.
        for _ in 0..<3 {
            let before = try await rewinds(ofJob: job)
            let series = try await seriesInParts(
                names,
                ofJob: job,
                along: axis,
                within: range,
                maxPoints: maxPoints,
                smoothing: smoothing
            )
            if try await rewinds(ofJob: job) == before { return series }
        }
        throw .wentBack(job)
    }

    private func rewinds(ofJob job: String) async throws(RunStorageError) -> Int? {
        try await read { db in try Self.rewinds(ofJob: job, db)?.rewinds }
    }

    private func seriesInParts(
        _ names: [String],
        ofJob job: String,
        along axis: TrainingAxis,
        within range: ClosedRange<Double>,
        maxPoints: Int,
        smoothing: Double?
    ) async throws(RunStorageError) -> [MetricSeries] {
        // Points that are recorded between the two readings are left out of both.
        let newest = try await read { db in try Self.newestSequence(ofJob: job, db) }
        var counts = Array(repeating: 0, count: names.count)
        var blocks = MetricBlocks(job: job, axis: axis, range: range, newest: newest)
        var (first, last) = (Int?.none, 0)
        try await forEach(of: blocks) { block, isWithin, reader throws(RunStorageError) in
            let points = isWithin ? nil : try MetricBlock(reader, along: axis)
            for (index, name) in names.enumerated() {
                if let points {
                    counts[index] += try points.points(of: name).x.count(where: range.contains)
                } else {
                    counts[index] += reader.count(ofSeries: name)
                }
            }
            first = first ?? block.firstSequence
            last = block.lastSequence
        }
        var curves = names.indices.map { index in
            MetricCurve(
                name: names[index],
                pointCount: counts[index],
                maxPoints: maxPoints,
                smoothing: smoothing
            )
        }
        if let smoothing, let first {
            // Positions go back where a job does, so that blocks out of range lie between others.
            blocks = MetricBlocks(job: job, axis: axis, newest: last)
            let wanted = names.indices.filter { counts[$0] > 0 }.map { names[$0] }
            let memory = MovingAverage.memory(ofWeight: smoothing)
            blocks.after = try await leadIn(of: wanted, memory, ofJob: job, before: first) - 1
        }
        try await forEach(of: blocks) { _, _, reader throws(RunStorageError) in
            let points = try MetricBlock(reader, along: axis)
            for (index, name) in names.enumerated() where counts[index] > 0 {
                curves[index].append(try points.points(of: name), within: range)
            }
        }
        return curves.map { curve in
            var curve = curve
            curve.finish()
            return curve.series
        }
    }

    /// The first event of the block from which on each series has `count` values before the event
    /// `first`, or all that it ever had.
    private func leadIn(
        of names: [String],
        _ count: Int,
        ofJob job: String,
        before first: Int
    ) async throws(RunStorageError) -> Int {
        var missing = Array(repeating: count, count: names.count)
        var first = first
        while missing.contains(where: { $0 > 0 }) {
            let before = first
            let blocks = try await read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT first_sequence, columns FROM event_block
                        WHERE job = (SELECT number FROM job WHERE id = ?) AND first_sequence < ?
                        ORDER BY first_sequence DESC LIMIT ?
                        """,
                    arguments: [job, before, Self.blocksPerRead]
                ).map { row in
                    let columns: Data = (try? row.value("columns")) ?? Data()
                    return (sequence: try row.value("first_sequence") as Int, bytes: Array(columns))
                }
            }
            for block in blocks where missing.contains(where: { $0 > 0 }) {
                first = block.sequence
                guard let reader = try? EventBlockReader(block.bytes) else { continue }
                for (index, name) in names.enumerated() {
                    missing[index] -= reader.count(ofSeries: name)
                }
            }
            if blocks.count < Self.blocksPerRead { break }
        }
        return first
    }

    /// Shows the chosen blocks, from the oldest on, and whether all events of each lie in the range.
    private func forEach(
        of blocks: MetricBlocks,
        _ body: (EventBlockRow, Bool, EventBlockReader) throws(RunStorageError) -> Void
    ) async throws(RunStorageError) {
        let select = blocks.select
        var after = blocks.after
        while true {
            let arguments: StatementArguments = [
                "job": blocks.job, "after": after, "newest": blocks.newest,
                "lower": blocks.range.lowerBound, "upper": blocks.range.upperBound,
                "limit": Self.blocksPerRead,
            ]
            let rows = try await read { db in
                try Row.fetchAll(db, sql: select, arguments: arguments).map { row in
                    let isWithin: Bool = try row.value("is_within")
                    let sequence: Int = try row.value("first_sequence")
                    return (sequence: sequence, block: try? EventBlockRow(row), isWithin: isWithin)
                }
            }
            for (_, block, isWithin) in rows {
                guard let block else { continue }
                damages.reading(block) { () throws(RunStorageError) in
                    try body(block, isWithin, try EventBlockReader(block.bytes))
                }
            }
            guard rows.count == Self.blocksPerRead, let last = rows.last else { return }
            after = last.sequence
        }
    }
}

/// Which blocks of a job are looked at.
private struct MetricBlocks {
    let job: String
    let axis: TrainingAxis
    /// Only blocks with events within.
    var range = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    /// Only blocks that begin after this event.
    var after = 0
    /// The last event of the job that is looked at.
    let newest: Int

    init(job: String, axis: TrainingAxis, range: ClosedRange<Double>? = nil, newest: Int) {
        (self.job, self.axis, self.newest) = (job, axis, newest)
        if let range { self.range = range }
    }

    var select: String {
        // The axis is one of the enumeration's words, which end the columns' names.
        let axis = axis.rawValue
        return """
            SELECT first_number, last_number, first_sequence, last_sequence, columns,
                min_\(axis) >= :lower AND max_\(axis) <= :upper AS is_within
            FROM event_block WHERE job = (SELECT number FROM job WHERE id = :job)
                AND first_sequence > :after AND last_sequence <= :newest
                AND max_\(axis) >= :lower AND min_\(axis) <= :upper
            ORDER BY first_sequence LIMIT :limit
            """
    }
}
