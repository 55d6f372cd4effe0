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
        var axis = TrainingAxis.agentSteps
        var (from, to) = (-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
        var maxPoints = 2000
        let type = request.preferredMediaType(among: ["application/json", "text/csv"])
        var format = type == "text/csv" ? Format.csv : .json
        query.read("x", into: &axis)
        query.read("from", into: &from)
        query.read("to", into: &to)
        query.read("max_points", in: 1...100_000, into: &maxPoints)
        var smoothing = -1.0
        query.read("smoothing", into: &smoothing)
        if query.text("smoothing") != nil, !(0..<1).contains(smoothing) {
            query.fail("smoothing", "must be 0 or more and less than 1")
        }
        query.read("format", into: &format)
        try query.finish()
        let job = try await services.job(request.parameters["id"]).id
        let recorded = try await services.store.seriesNames(ofJob: job)
        let names = given.map { list in
            Set(list.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
        var faults = names.map { Self.faults(of: $0, recorded) } ?? []
        if from > to {
            faults.append(
                FieldFault(pointer: "?from", message: "must be at most ?to, \(to), got \(from)")
            )
        }
        guard faults.isEmpty else { throw FieldFaults(faults) }
        if format == .csv {
            return table(job, names)
        }
        let series = try await services.store.series(
            recorded.filter { names?.contains($0) ?? true },
            ofJob: job,
            along: axis,
            within: from...to,
            maxPoints: maxPoints,
            smoothing: smoothing >= 0 ? smoothing : nil
        )
        return .json(["x": .string(axis.rawValue), "series": .array(series.map(\.json))])
    }

    /// What is wrong with the names of series that were asked for.
    private static func faults(of names: Set<String>, _ recorded: [String]) -> [FieldFault] {
        if names == [""] {
            return [
                FieldFault(pointer: "?names", message: "must name a series, such as loss, got \"\"")
            ]
        }
        let known = recorded + seriesOfEveryJob.filter { !recorded.contains($0) }
        return names.subtracting(known).sorted().map { name in
            let nearest = nearestName(to: name, among: known)
            return FieldFault(
                pointer: "?names",
                message: "there is no series \"\(name.prefix(80))\"; "
                    + (nearest.map { "did you mean \"\($0)\"?" }
                        ?? "there are \(known.joined(separator: ", "))")
            )
        }
    }

    /// Series that a job may record later: who asks for them early gets none yet.
    private static let seriesOfEveryJob = TrainingMetric.allCases.map(\.rawValue)

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
