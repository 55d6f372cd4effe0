internal import HTTPServing
internal import JSONFields
internal import RunStorage
internal import Training

extension MetricSeries {
    /// The curve in answers.
    var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name),
            "x": .array(x.map(JSONValue.number)),
            "y": .array(y.map(JSONValue.optional)),
        ]
        if let min, let max {
            object["min"] = .array(min.map(JSONValue.optional))
            object["max"] = .array(max.map(JSONValue.optional))
        }
        if let smoothed, let smoothedCount {
            // Seven digits are more than anybody sees, and half of the bytes.
            object["smoothed"] = .array(smoothed.map { $0.map { .single(Float($0)) } ?? .null })
            object["smoothed_count"] = .integer(smoothedCount)
        }
        return .object(object)
    }
}

/// Every recorded point as lines of comma-separated values, written while they are read.
///
/// Where the job is deleted meanwhile, or the store fails, it throws, and the transfer breaks off.
actor MetricsTable {
    private let store: RunStore
    private let job: String
    private let names: Set<String>?
    private var cursor = MetricCursor()
    private var hasBegun = false

    init(store: RunStore, job: String, names: Set<String>?) {
        self.store = store
        self.job = job
        self.names = names
    }

    /// Some lines more; nil at the end.
    func next() async throws -> [UInt8]? {
        guard hasBegun else {
            hasBegun = true
            let columns = ["name"] + TrainingAxis.allCases.map(\.rawValue) + ["value"]
            return Array("\(columns.joined(separator: ","))\n".utf8)
        }
        var cursor = cursor
        let points = try await store.points(
            ofJob: job,
            names: names,
            after: &cursor,
            limit: Self.pointsPerPart
        )
        self.cursor = cursor
        guard !points.isEmpty else { return nil }
        var lines: [UInt8] = []
        lines.reserveCapacity(points.count * 64)
        for point in points { lines.append(lineOf: point) }
        return lines
    }

    /// A millisecond's work, so that other requests get in between.
    private static let pointsPerPart = 2000
}

extension [UInt8] {
    fileprivate mutating func append(lineOf point: MetricPoint) {
        append(contentsOf: point.name.utf8)
        for axis in TrainingAxis.allCases {
            append(0x2C)
            let text = axis.isCount ? "\(point.position[count: axis])" : "\(point.position[axis])"
            append(contentsOf: text.utf8)
        }
        append(0x2C)
        if let value = point.value { append(contentsOf: "\(value)".utf8) }
        append(0x0A)
    }
}
