internal import HTTPServing
internal import RunStorage
internal import Training

/// What happens, as it happens: server-sent events of one job or of all.
struct EventRoutes: Sendable {
    let services: Services

    func add(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/events", scope: Scope.read) { request in
            let job = try await services.job(request.parameters["id"])
            var query = QueryReader(request)
            var sendsPictures = false
            query.read("frames", into: &sendsPictures)
            var isCoalesced = false
            query.read("coalesce", into: &isCoalesced)
            let position = try position(request, &query)
            try query.finish()
            let source = source(isCoalesced ? .coalesced(job: job.id) : .job(job.id))
            let start = try await source.start(after: position ?? 0)
            if job.state.isEnd, try await source.events(after: start, limit: 1).isEmpty {
                // WHATWG HTML §9.2.2: this keeps a reader that has everything from coming back.
                return HTTPResponse(.noContent)
            }
            return events(of: source.scope, after: start, sendsPictures: sendsPictures)
        }
        router.on(.get, "/v1/events", scope: Scope.read) { request in
            var query = QueryReader(request)
            let position = try position(request, &query)
            try query.finish()
            let source = source(.allJobs)
            // Who does not say where to begin wants what comes, not what was.
            let start =
                if let position { try await source.start(after: position) } else {
                    try await source.newest
                }
            return events(of: source.scope, after: start, sendsPictures: false)
        }
    }

    private func source(_ scope: EventScope) -> EventSource {
        EventSource(scope: scope, store: services.store, readiness: services.readiness)
    }

    private func events(
        of scope: EventScope,
        after position: Int,
        sendsPictures: Bool
    ) -> HTTPResponse {
        .encodedEvents(
            EventFeed(
                watches: services.watches,
                scope: scope,
                sendsPictures: sendsPictures,
                after: position
            )
        )
    }

    /// The last event a client has; nil where it does not say.
    ///
    /// `Last-Event-ID`, which browsers send when they come back, counts before `lastEventId`, by
    /// which stand-ins for `EventSource` say the same, and that before `after`: a client that comes
    /// back asks for the path of the first time, with its old place in it.
    private func position(_ request: HTTPRequest, _ query: inout QueryReader) throws -> Int? {
        var position: Int?
        for name in ["after", "lastEventId"] {
            var number = -1
            query.read(name, in: 0...Int.max, into: &number)
            if number >= 0 { position = number }
        }
        let headers = request.headers.values(of: "Last-Event-ID")
        guard let last = headers.first else { return position }
        guard headers.count == 1 else {
            throw APIError(
                .badRequest,
                code: "invalid_event_id",
                "Last-Event-ID is given \(headers.count) times, expected once"
            )
        }
        guard !last.hasPrefix("+"), let number = Int(last), number >= 0 else {
            throw APIError(
                .badRequest,
                code: "invalid_event_id",
                "Last-Event-ID must be a whole number 0...\(Int.max), got \"\(last.prefix(80))\""
            )
        }
        return number
    }
}
