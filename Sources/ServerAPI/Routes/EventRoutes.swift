internal import HTTPServing
internal import RunStorage
internal import Training

/// What happens, as it happens: server-sent events of one job or of all.
struct EventRoutes: Sendable {
    let services: Services

    func add(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/events", scope: Scope.read) { request in
            let job = try await services.job(request.parameters["id"])
            var (after, sendsFrames) = (0, false)
            var query = QueryReader(request)
            try readPosition(request, &query, into: &after)
            query.read("frames", into: &sendsFrames)
            try query.finish()
            let feed = EventFeed(
                services: services,
                scope: .job(job.id, sendsFrames: sendsFrames),
                after: after
            )
            if job.state.isEnd,
                try await services.store.events(ofJob: job.id, after: after, limit: 1).isEmpty
            {
                // WHATWG HTML §9.2.2: this keeps a reader that has everything from coming back.
                return HTTPResponse(.noContent)
            }
            return .events(feed)
        }
        router.on(.get, "/v1/events", scope: Scope.read) { request in
            // Who does not say where to begin wants what comes, not what was.
            var after = try await services.store.newestEvent()
            var query = QueryReader(request)
            try readPosition(request, &query, into: &after)
            try query.finish()
            return .events(EventFeed(services: services, scope: .allJobs, after: after))
        }
    }

    /// `Last-Event-ID`, which browsers send when they come back, or `after`.
    private func readPosition(
        _ request: HTTPRequest,
        _ query: inout QueryReader,
        into after: inout Int
    ) throws {
        query.read("after", in: 0...Int.max, into: &after)
        guard let last = request.headers["Last-Event-ID"] else { return }
        guard let number = Int(last), number >= 0 else {
            throw APIError(
                .badRequest,
                code: "invalid_event_id",
                "Last-Event-ID must be a whole number, got \"\(last.prefix(80))\""
            )
        }
        after = number
    }
}
