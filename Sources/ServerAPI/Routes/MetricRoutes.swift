internal import HTTPServing
internal import JSONFields
internal import RunStorage
internal import Training

/// The curves of a job, as JSON cut to a number of points or as CSV with every point.
struct MetricRoutes: Sendable {
    let services: Services

    func add(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/metrics", scope: Scope.read, metrics)
    }

    private enum Format: String, CaseIterable {
        case json
        case csv
    }

    private func metrics(_ request: HTTPRequest) async throws -> HTTPResponse {
        var query = QueryReader(request)
        let given = query.text("names")
        var axis = MetricAxis.agentSteps
        var (from, to) = (-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
        var maxPoints = 2000
        let type = request.preferredMediaType(among: ["application/json", "text/csv"])
        var format = type == "text/csv" ? Format.csv : .json
        query.read("x", into: &axis)
        query.read("from", into: &from)
        query.read("to", into: &to)
        query.read("max_points", in: 1...100_000, into: &maxPoints)
        query.read("format", into: &format)
        try query.finish()
        let job = try await services.job(request.parameters["id"]).id
        let names = given.map { Set($0.split(separator: ",").map(String.init)) }
        if format == .csv {
            return table(job, names)
        }
        var series: [JSONValue] = []
        for name in try await services.store.seriesNames(ofJob: job)
        where names?.contains(name) ?? true {
            let curve = try await services.store.series(
                name,
                ofJob: job,
                along: axis,
                within: min(from, to)...max(from, to),
                maxPoints: maxPoints
            )
            series.append(curve.json)
        }
        return .json(["x": .string(axis.rawValue), "series": .array(series)])
    }

    private func table(_ job: String, _ names: Set<String>?) -> HTTPResponse {
        let table = MetricsTable(store: services.store, job: job, names: names)
        return HTTPResponse(
            headers: [
                "Content-Type": "text/csv; charset=utf-8",
                "Content-Disposition": "attachment; filename=\"\(job)-metrics.csv\"",
            ],
            body: .stream(HTTPStream { try await table.next() })
        )
    }
}
