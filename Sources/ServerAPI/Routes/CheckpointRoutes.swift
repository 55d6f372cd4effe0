internal import Checkpoints
internal import HTTPServing
internal import Inference
internal import JSONFields
internal import RunStorage
internal import Training

/// Checkpoints: list them, take one, fetch, import and delete them.
struct CheckpointRoutes: Sendable {
    let services: Services

    /// The largest file that is imported.
    private static let importLimitBytes = 256 << 20

    func add(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/checkpoints", scope: Scope.read) { request in
            try request.expectNoParameters()
            let job = try await services.job(request.parameters["id"])
            let checkpoints = try await services.store.checkpoints(ofJob: job.id)
            return .json(["checkpoints": .array(checkpoints.map { .object($0.json) })])
        }
        router.on(.post, "/v1/jobs/{id}/checkpoints", scope: Scope.train, take)
        router.on(.get, "/v1/checkpoints", scope: Scope.read, list)
        router.on(
            .post,
            "/v1/checkpoints",
            scope: Scope.train,
            bodyLimitBytes: Self.importLimitBytes,
            importFile
        )
        router.on(.get, "/v1/checkpoints/{id}", scope: Scope.read) { request in
            .json(.object(try await checkpoint(request).json))
        }
        router.on(.delete, "/v1/checkpoints/{id}", scope: Scope.train) { request in
            try request.expectNoParameters()
            let id = request.parameters["id"]
            guard try await services.store.deleteCheckpoint(id) else {
                throw APIError.unknown("checkpoint", id)
            }
            // Requests under way finish on the model as it was loaded.
            await services.models.drop(checkpoint: id)
            return HTTPResponse(.noContent)
        }
        router.on(.get, "/v1/checkpoints/{id}/model.safetensors", scope: Scope.read, file)
    }

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        var query = QueryReader(request)
        let job = query.text("job")
        let part = query.part()
        try query.finish()
        let page = try await services.store.checkpoints(
            job: job,
            limit: part.limit,
            after: part.cursor
        )
        return .json([
            "checkpoints": .array(page.checkpoints.map { .object($0.json) }),
            "next": .optional(page.next.map(String.init)),
        ])
    }

    private func take(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let job = try await services.job(request.parameters["id"])
        guard let running = await services.scheduler.job(job.id) else {
            throw JobConflict(id: job.id, request: "take a checkpoint of", state: job.state)
        }
        return created(try await running.takeCheckpoint())
    }

    private func importFile(_ request: HTTPRequest) async throws -> HTTPResponse {
        if let type = request.contentType, type != "application/octet-stream" {
            throw APIError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "a safetensors file comes as application/octet-stream (curl --data-binary "
                    + "@model.safetensors -H 'Content-Type: application/octet-stream'), got "
                    + "\(type.excerpt)"
            )
        }
        var query = QueryReader(request)
        var name: String?
        query.readName("name", limit: 200, into: &name)
        try query.finish()
        let models = services.models
        return created(
            try await services.store.importCheckpoint(
                request.body,
                id: services.makeID(),
                name: name
            ) { try models.checkMemory(for: $0) }
        )
    }

    private func created(_ checkpoint: CheckpointRecord) -> HTTPResponse {
        var response = HTTPResponse.json(.object(checkpoint.json), .created)
        response.headers["Location"] = "/v1/checkpoints/\(checkpoint.id)"
        return response
    }

    private func file(_ request: HTTPRequest) async throws -> HTTPResponse {
        let checkpoint = try await checkpoint(request)
        let path = try await services.store.verifiedFile(of: checkpoint)
        guard let file = HTTPFile(path: path) else {
            throw CheckpointError.missing(file: "\(checkpoint.id).safetensors")
        }
        return try .file(
            file,
            FileDescription(
                contentType: "application/octet-stream",
                tag: EntityTag(checkpoint.sha256),
                attachmentName: "\(checkpoint.id).safetensors"
            ),
            for: request,
            now: .now
        )
    }

    private func checkpoint(_ request: HTTPRequest) async throws -> CheckpointRecord {
        try request.expectNoParameters()
        let id = request.parameters["id"]
        guard let checkpoint = try await services.store.checkpoint(id) else {
            throw APIError.unknown("checkpoint", id)
        }
        return checkpoint
    }
}
