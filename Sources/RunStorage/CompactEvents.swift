internal import Foundation
internal import GRDB
internal import JSONFields
internal import Training

/// Brings the events and points of older databases, each a row, into blocks.
enum CompactEvents {
    static func migrate(_ db: Database) throws {
        for job in try Int.fetchAll(db, sql: "SELECT number FROM job ORDER BY number") {
            try migrate(job: job, db)
        }
        try db.execute(sql: "DROP TABLE metric; DROP TABLE event")
    }

    private static func migrate(job: Int, _ db: Database) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT number, sequence, name, data FROM event WHERE job = ? ORDER BY sequence",
            arguments: [job]
        )
        var points = StoredPoints(job: job)
        var block = EventBlock()
        while let row = try rows.next() {
            let entry = try entry(row, &points, db)
            if !block.hasRoom(for: entry.number) {
                try EventLog.store(block, job: job, db)
                block = EventBlock()
            }
            block.append(entry)
        }
        try EventLog.store(block, job: job, db)
    }

    /// The event, from its numbers where they give the same text again.
    private static func entry(
        _ row: Row,
        _ points: inout StoredPoints,
        _ db: Database
    ) throws -> StoredEntry {
        let (name, text): (String, String) = (row["name"], row["data"])
        // What another program has written is kept as it is and must not keep the server from
        // starting.
        var data = JSONObject()
        if case .object(let object)? = try? JSONValue(parsing: Array(text.utf8)) { data = object }
        let series = seriesNames(of: name, data)
        var entry = StoredEntry(
            sequence: row["sequence"],
            number: row["number"],
            position: position(in: data),
            milliseconds: milliseconds(data["time"]),
            form: StoredEntry.Form(name: name, coding: .text, series: series),
            values: [],
            detail: .text(text)
        )
        for series in series {
            let value = number(data[series])
            entry.values.append(try points.next(of: series, known: value, db))
        }
        var compact = entry
        switch name {
        case "metrics":
            compact.form.coding = .metrics
            compact.detail = .metrics
        case "episode" where series == StoredEntry.episodeForm.series:
            compact.form = StoredEntry.episodeForm
            compact.detail = .episode(
                number: integer(data["episode"]),
                isTruncated: data["truncated"] == .bool(true)
            )
        default: break
        }
        return compact.data == text ? compact : entry
    }

    /// The fields that are points of series.
    private static func seriesNames(of event: String, _ data: JSONObject) -> [String] {
        switch event {
        case "metrics":
            data.fields.map(\.name).filter { !places.contains($0) }
        case "episode": StoredEntry.episodeForm.series.filter { data[$0] != nil }
        case "evaluation":
            [TrainingMetric.evaluationReturn.rawValue].filter { data[$0] != nil }
        default: []
        }
    }

    /// The fields of every event, which are no points of series.
    private static let places = Set(TrainingAxis.allCases.map(\.rawValue) + ["time"])

    private static func position(in data: JSONObject) -> TrainingPosition {
        var position = TrainingPosition()
        for axis in TrainingAxis.counts { position[count: axis] = integer(data[axis.rawValue]) }
        position.wallSeconds = number(data[TrainingAxis.wallSeconds.rawValue]) ?? 0
        return position
    }

    private static func integer(_ value: JSONValue?) -> Int {
        number(value).flatMap(Int.init(exactly:)) ?? 0
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    private static func milliseconds(_ value: JSONValue?) -> Int {
        guard case .string(let text) = value,
            let date = try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        else { return 0 }
        return Int((date.timeIntervalSince1970 * 1000).rounded())
    }
}

/// The points of a job's series, in the order of its events: what JSON shows as null may be a point
/// without bounds.
private struct StoredPoints {
    private let job: Int
    private var positions: [String: Int] = [:]

    init(job: Int) {
        self.job = job
    }

    mutating func next(of series: String, known: Double?, _ db: Database) throws -> Double {
        positions[series, default: 0] += 1
        if let known { return known }
        return try Double.fetchOne(
            db,
            sql: """
                SELECT value FROM metric WHERE position = ? AND series =
                    (SELECT number FROM series WHERE job = ? AND name = ?)
                """,
            arguments: [positions[series], job, series]
        ) ?? .nan
    }
}
