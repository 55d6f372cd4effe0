internal import Foundation
internal import GRDB
internal import Training

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

    /// So many blocks are read at once, in a millisecond or two, so that other readers get in
    /// between.
    static let blocksPerRead = 32

    /// Every recorded point of a job, series by series, a part at a time.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - names: Only these series; nil for all.
    ///   - cursor: Moved on behind the points that are returned.
    ///   - limit: At most so many points.
    /// - Returns: The points; none at the end.
    /// - Throws: `RunStorageError.noJob` where the job is gone and `.wentBack` where it does some of
    ///   its steps again, so that nobody takes what came until then for all; and where the database
    ///   refuses.
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
            let points = part.points(after: &cursor, limit: limit, damages)
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
        guard let (number, rewinds) = try Self.rewinds(ofJob: job, db) else {
            throw RunStorageError.noJob(job)
        }
        guard rewinds == cursor.rewinds ?? rewinds else { throw RunStorageError.wentBack(job) }
        let series = try Row.fetchAll(
            db,
            sql: "SELECT number, name FROM series WHERE job = ? AND number >= ? ORDER BY number",
            arguments: [number, cursor.series]
        ).map { row in (number: row["number"] as Int, name: row["name"] as String) }
        guard let next = series.first(where: { names?.contains($0.name) ?? true }) else {
            return nil
        }
        let position = next.number == cursor.series ? cursor.position : 0
        var part = MetricPart(
            series: next.number,
            name: next.name,
            rewinds: rewinds,
            after: position
        )
        let rows = try EventBlockRow.cursor(job: number, after: position, db)
        var events = 0
        while events < limit || part.blocks.isEmpty, part.blocks.count < blocksPerRead {
            guard let row = try rows.next() else {
                part.isLast = true
                break
            }
            events += row.lastSequence - max(row.firstSequence - 1, position)
            part.blocks.append(row)
        }
        return part
    }
}
