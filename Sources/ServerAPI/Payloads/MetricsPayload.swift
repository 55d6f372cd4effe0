internal import HTTPServing
internal import JSONFields
internal import RunStorage

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
        return .object(object)
    }
}

/// Every recorded point as lines of comma-separated values, written while they are read.
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
            return Array(
                "name,agent_steps,environment_frames,gradient_updates,episodes,wall_seconds,value\n"
                    .utf8
            )
        }
        var cursor = cursor
        let points = try await store.points(
            ofJob: job,
            names: names,
            after: &cursor,
            limit: 2000
        )
        self.cursor = cursor
        guard !points.isEmpty else { return nil }
        var lines = ""
        for point in points {
            lines += "\(point.name),\(point.agentSteps),\(point.environmentFrames),"
            lines += "\(point.gradientUpdates),\(point.episodes),\(point.wallSeconds),"
            lines += "\(point.value.map { "\($0)" } ?? "")\n"
        }
        return Array(lines.utf8)
    }
}
