internal import BackgroundQueues
internal import Checkpoints
internal import Environments
internal import HTTPServing
internal import Inference
internal import JSONFields
internal import RunStorage
internal import Training

/// Training jobs: ask for them, list, pause, resume, stop and delete them.
struct JobRoutes: Sendable {
    let services: Services
    /// Where what a request asks for is found out: an environment may be asked what it is.
    private let reading = BlockingQueue(label: "dqn.jobs.reading")

    init(services: Services) {
        self.services = services
    }

    func add(to router: inout Router) {
        router.on(.post, "/v1/jobs", scope: Scope.train, bodyLimitBytes: 1 << 20, create)
        router.on(.get, "/v1/jobs", scope: Scope.read, list)
        router.on(.get, "/v1/jobs/{id}", scope: Scope.read) { request in
            .json(try await job(request).json)
        }
        router.on(.delete, "/v1/jobs/{id}", scope: Scope.train, delete)
        router.on(.post, "/v1/jobs/{id}/pause", scope: Scope.train) { request in
            try await change(request, "pause") { try await $0.pause() }
        }
        router.on(.post, "/v1/jobs/{id}/resume", scope: Scope.train) { request in
            try await change(request, "resume") { try await $0.resume() }
        }
        router.on(.post, "/v1/jobs/{id}/stop", scope: Scope.train) { request in
            try await change(request, "stop") { try await $0.stop() }
        }
    }

    private func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        guard services.readiness.isReady else {
            throw APIError(
                .serviceUnavailable,
                code: "shutting_down",
                "the server is shutting down",
                headers: ["Retry-After": "5"]
            )
        }
        let idempotent = try IdempotencyKey(request).map { key in
            IdempotentRequest(key: key.text, digest: sha256(request.body))
        }
        // Before the body is read: what it asks for may not be possible any more.
        if let idempotent,
            let earlier = try await services.store.earlierCreation(by: idempotent)
        {
            return try await answer(earlier, to: idempotent)
        }
        let body = try request.json()
        let environments = services.environments
        let specification = try await reading.run { () throws(FieldFaults) in
            try JobSpecification(request: body, in: environments)
        }
        let submission = try await services.scheduler.submit(
            specification,
            id: services.makeID(),
            for: idempotent
        )
        switch submission {
        case .accepted(let job): return created(job)
        case .repeated(let job): return created(try await services.job(job))
        case .keyReused: throw Self.keyReused(idempotent)
        }
    }

    private func answer(
        _ earlier: JobCreation,
        to request: IdempotentRequest
    ) async throws -> HTTPResponse {
        guard case .repeated(let job) = earlier else { throw Self.keyReused(request) }
        return created(try await services.job(job))
    }

    private static func keyReused(_ request: IdempotentRequest?) -> APIError {
        APIError(
            .conflict,
            code: "idempotency_key_reused",
            "the idempotency key \"\(request?.key.prefix(80) ?? "")\" came with another body before"
        )
    }

    private func created(_ job: JobRecord) -> HTTPResponse {
        var response = HTTPResponse.json(job.json, .created)
        response.headers["Location"] = "/v1/jobs/\(job.id)"
        return response
    }

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        var query = QueryReader(request)
        var limit = 50
        var (state, environment, cursor): (JobState?, String?, JobCursor?)
        query.read("limit", in: 1...1000, into: &limit)
        query.read("state", into: &state)
        query.readName("environment", limit: 100, into: &environment)
        query.read("after", as: "the \"next\" of an earlier answer", into: &cursor)
        if let environment {
            do throws(EnvironmentError) {
                try services.environments.check(environment)
            } catch {
                query.fail("environment", "\(error)")
            }
        }
        try query.finish()
        let page = try await services.store.jobs(
            state: state,
            environment: environment,
            limit: limit,
            after: cursor
        )
        let waits = await services.scheduler.waits()
        let jobs = page.jobs.map { services.current($0).waiting(for: waits[$0.id]).json }
        return .json(["jobs": .array(jobs), "next": .optional(page.next?.description)])
    }

    private func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
        let job = try await job(request)
        guard job.state.isEnd else {
            throw JobConflict(id: job.id, request: "delete", state: job.state)
        }
        for checkpoint in try await services.store.checkpoints(ofJob: job.id) {
            await services.models.drop(checkpoint: checkpoint.id)
        }
        try services.store.deleteJob(job.id)
        await services.scheduler.forget(job.id)
        return HTTPResponse(.noContent)
    }

    private func change(
        _ request: HTTPRequest,
        _ name: String,
        _ body: (TrainingJob) async throws -> JobRecord
    ) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let id = request.parameters["id"]
        if let job = await services.scheduler.job(id) {
            return .json(try await body(job).json)
        }
        let job = try await job(request)
        // Asking for the state a job is in already changes nothing.
        guard name == "stop", job.state == .stopped else {
            throw JobConflict(id: id, request: name, state: job.state)
        }
        return .json(job.json)
    }

    private func job(_ request: HTTPRequest) async throws -> JobRecord {
        try request.expectNoParameters()
        return try await services.job(request.parameters["id"])
    }
}

/// What a bearer token may permit.
enum Scope {
    static let read = "read"
    static let infer = "infer"
    static let train = "train"

    static let all: Set<String> = [read, infer, train]
}

extension Services {
    /// The job of that id, as it stands.
    func job(_ id: String) async throws -> JobRecord {
        guard let job = try await store.job(id) else { throw APIError.unknown("job", id) }
        return current(job).waiting(for: await scheduler.waits()[id])
    }

    /// How a job stands that is written down as `job`: what it says of itself as long as it has not
    /// ended, since the store may have been out of its reach.
    func current(_ job: JobRecord) -> JobRecord {
        scheduler.record(job.id) ?? job
    }
}

extension HTTPRequest {
    /// The body as one JSON value.
    func json() throws -> JSONValue {
        if let contentType, contentType != "application/json" {
            throw APIError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "the body must be application/json (curl --json), got \(contentType)"
            )
        }
        return try JSONValue(parsing: body)
    }
}
