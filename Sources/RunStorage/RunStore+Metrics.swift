internal import Foundation
internal import GRDB

extension RunStore {
    /// The names of a job's series, in the order in which they began.
    public func seriesNames(ofJob job: String) async throws(RunStorageError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM series
                    WHERE job = (SELECT number FROM job WHERE id = ?) ORDER BY number
                    """,
                arguments: [job]
            )
        }
    }

    /// One curve of a job, of at most `maxPoints` points.
    ///
    /// Where more were recorded, neighbours are joined to buckets that keep their smallest and
    /// largest value, so that no spike is lost.
    ///
    /// - Parameters:
    ///   - name: The series.
    ///   - job: The job.
    ///   - axis: What the points are laid out along.
    ///   - range: Only points within, on that axis.
    ///   - maxPoints: At most so many points, at least 1.
    /// - Returns: The curve, empty if there is no such series.
    /// - Throws: Where the database refuses.
    public func series(
        _ name: String,
        ofJob job: String,
        along axis: MetricAxis,
        within range: ClosedRange<Double>,
        maxPoints: Int
    ) async throws(RunStorageError) -> MetricSeries {
        // Points that are recorded between the two readings are left out of both.
        let newest = try await newestSequence(ofJob: job)
        let window = MetricWindow(job: job, axis: axis, range: range, newest: newest)
        var count = 0
        try await forEachBlock(in: window) { block, isWithin throws(RunStorageError) in
            count += try window.count(of: name, in: block, isWithin: isWithin)
        }
        var curve = MetricCurve(name: name, pointCount: count, maxPoints: maxPoints)
        try await forEachBlock(in: window) { block, _ throws(RunStorageError) in
            for point in try block.points(of: name, along: axis) where range.contains(point.x) {
                curve.append(x: point.x, y: point.y)
            }
        }
        return curve.series
    }

    private func newestSequence(ofJob job: String) async throws(RunStorageError) -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT last_sequence FROM event_block
                    WHERE job = (SELECT number FROM job WHERE id = ?)
                    ORDER BY first_sequence DESC LIMIT 1
                    """,
                arguments: [job]
            ) ?? 0
        }
    }

    /// So many blocks are read at once, in a millisecond or two, so that other readers get in
    /// between.
    private static let blocksPerRead = 32

    /// Shows the blocks that have events within a window, and whether all of theirs are.
    private func forEachBlock(
        in window: MetricWindow,
        _ body: (EventBlockReader, Bool) throws(RunStorageError) -> Void
    ) async throws(RunStorageError) {
        // The axis is one of the enumeration's words, which end the columns' names.
        let axis = window.axis.rawValue
        let select = """
            SELECT first_sequence, columns,
                min_\(axis) >= :lower AND max_\(axis) <= :upper AS is_within
            FROM event_block WHERE job = (SELECT number FROM job WHERE id = :job)
                AND first_sequence > :after AND last_sequence <= :newest
                AND max_\(axis) >= :lower AND min_\(axis) <= :upper
            ORDER BY first_sequence LIMIT :limit
            """
        var after = 0
        while true {
            let arguments: StatementArguments = [
                "job": window.job, "after": after, "newest": window.newest,
                "lower": window.range.lowerBound, "upper": window.range.upperBound,
                "limit": Self.blocksPerRead,
            ]
            let blocks = try await read { db in
                try Row.fetchAll(db, sql: select, arguments: arguments).map { row in
                    let columns: Data = row["columns"]
                    return (
                        sequence: row["first_sequence"] as Int, bytes: Array(columns),
                        isWithin: row["is_within"] as Bool
                    )
                }
            }
            for block in blocks {
                try body(try EventBlockReader(block.bytes), block.isWithin)
            }
            guard blocks.count == Self.blocksPerRead, let last = blocks.last else { return }
            after = last.sequence
        }
    }

    /// Every recorded point of a job, series by series, a part at a time.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - names: Only these series; nil for all.
    ///   - cursor: Moved on behind the points that are returned.
    ///   - limit: At most so many points.
    /// - Returns: The points; none at the end.
    /// - Throws: `RunStorageError.noJob` where the job is gone, so that nobody takes what came until
    ///   then for all; and where the database refuses.
    public func points(
        ofJob job: String,
        names: Set<String>?,
        after cursor: inout MetricCursor,
        limit: Int
    ) async throws(RunStorageError) -> [MetricPoint] {
        while true {
            let start = cursor
            let part = try await read { db in
                try Self.part(ofJob: job, names: names, after: start, limit: limit, db)
            }
            guard let part else { return [] }
            let points = try part.points(after: &cursor, limit: limit)
            if !points.isEmpty { return points }
        }
    }

    /// Some blocks with points of the first series that is not at its end; nil behind the last.
    private static func part(
        ofJob job: String,
        names: Set<String>?,
        after cursor: MetricCursor,
        limit: Int,
        _ db: Database
    ) throws -> MetricPart? {
        guard let number = try number(of: job, db) else { throw RunStorageError.noJob(job) }
        let series = try Row.fetchAll(
            db,
            sql: "SELECT number, name FROM series WHERE job = ? AND number >= ? ORDER BY number",
            arguments: [number, cursor.series]
        ).map { row in (number: row["number"] as Int, name: row["name"] as String) }
        guard let next = series.first(where: { names?.contains($0.name) ?? true }) else {
            return nil
        }
        let position = next.number == cursor.series ? cursor.position : 0
        var part = MetricPart(series: next.number, name: next.name, after: position)
        let rows = try EventBlockRow.cursor(job: number, after: position, db)
        var events = 0
        while events < limit || part.blocks.isEmpty, part.blocks.count < blocksPerRead {
            guard let row = try rows.next() else {
                part.isLast = true
                break
            }
            events += row.lastSequence - max(row.firstSequence - 1, position)
            part.blocks.append(row.bytes)
        }
        return part
    }
}
