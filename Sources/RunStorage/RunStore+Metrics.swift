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
        try await read { db in
            // The axis is one of the enumeration's words, which are the columns' names.
            let condition = """
                FROM metric WHERE series = (SELECT number FROM series WHERE name = ?
                    AND job = (SELECT number FROM job WHERE id = ?))
                    AND \(axis.rawValue) BETWEEN ? AND ?
                """
            let arguments: StatementArguments = [name, job, range.lowerBound, range.upperBound]
            let count =
                try Int.fetchOne(db, sql: "SELECT count(*) \(condition)", arguments: arguments) ?? 0
            guard count > maxPoints else {
                let rows = try Row.fetchAll(
                    db,
                    sql: "SELECT \(axis.rawValue) AS x, value \(condition) ORDER BY position",
                    arguments: arguments
                )
                return MetricSeries(
                    name: name,
                    x: rows.map { $0["x"] },
                    y: rows.map { $0["value"] }
                )
            }
            let first =
                try Int.fetchOne(db, sql: "SELECT min(position) \(condition)", arguments: arguments)
                ?? 0
            let bucket = (count + maxPoints - 1) / maxPoints
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT avg(\(axis.rawValue)) AS x, avg(value) AS value,
                        min(value) AS smallest, max(value) AS largest
                    \(condition) GROUP BY (position - ?) / ? ORDER BY position
                    """,
                arguments: arguments + [first, bucket]
            )
            return MetricSeries(
                name: name,
                x: rows.map { $0["x"] },
                y: rows.map { $0["value"] },
                min: rows.map { $0["smallest"] },
                max: rows.map { $0["largest"] }
            )
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
    /// - Throws: Where the database refuses.
    public func points(
        ofJob job: String,
        names: Set<String>?,
        after cursor: inout MetricCursor,
        limit: Int
    ) async throws(RunStorageError) -> [MetricPoint] {
        let start = cursor
        let rows = try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT series, position, name, agent_steps, environment_frames,
                        gradient_updates, episodes, wall_seconds, value
                    FROM metric JOIN series ON series.number = metric.series
                    WHERE job = (SELECT number FROM job WHERE id = ?)
                        AND (series, position) > (?, ?)
                    ORDER BY series, position LIMIT ?
                    """,
                arguments: [job, start.series, start.position, limit]
            ).map { row in
                (
                    MetricCursor(series: row["series"], position: row["position"]),
                    MetricPoint(row)
                )
            }
        }
        guard let last = rows.last else { return [] }
        cursor = last.0
        let points = rows.map(\.1).filter { names?.contains($0.name) ?? true }
        // A part that holds none of the wanted series is not yet the end.
        return points.isEmpty
            ? try await self.points(ofJob: job, names: names, after: &cursor, limit: limit) : points
    }
}

extension MetricCursor {
    fileprivate init(series: Int, position: Int) {
        self.series = series
        self.position = position
    }
}

extension MetricPoint {
    fileprivate init(_ row: Row) {
        name = row["name"]
        agentSteps = row["agent_steps"]
        environmentFrames = row["environment_frames"]
        gradientUpdates = row["gradient_updates"]
        episodes = row["episodes"]
        wallSeconds = row["wall_seconds"]
        value = row["value"]
    }
}
