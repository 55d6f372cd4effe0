internal import Checkpoints
internal import HTTPServing
internal import Inference
internal import JSONFields
internal import RunStorage
internal import Training

/// Checkpoints: list them, take one, fetch, bring in and delete them.
struct CheckpointRoutes: Sendable {
    let services: Services

    /// The largest file that is taken in.
    private static let importLimitBytes = 256 << 20

    func add(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/checkpoints", scope: Scope.read) { request in
            try request.expectNoParameters()
            let job = try await services.job(request.parameters["id"])
            let checkpoints = try await services.store.checkpoints(ofJob: job.id)
            return .json(["checkpoints": .array(checkpoints.map { .object($0.json) })])
        }
        router.on(.post, "/v1/jobs/{id}/checkpoints", scope: Scope.train, take)
        router.on(
            .post,
            "/v1/checkpoints",
            scope: Scope.train,
            bodyLimitBytes: Self.importLimitBytes,
            bringIn
        )
        router.on(.get, "/v1/checkpoints/{id}", scope: Scope.read) { request in
            .json(.object(try await checkpoint(request).json))
        }
        router.on(.delete, "/v1/checkpoints/{id}", scope: Scope.train) { request in
            let checkpoint = try await checkpoint(request)
            try services.store.deleteCheckpoint(checkpoint.id)
            await services.models.drop(checkpoint: checkpoint.id)
            return HTTPResponse(.noContent)
        }
        router.on(.get, "/v1/checkpoints/{id}/model.safetensors", scope: Scope.read, file)
    }

    private func take(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let job = try await services.job(request.parameters["id"])
        guard let running = await services.scheduler.job(job.id) else {
            throw JobConflict(id: job.id, request: "take a checkpoint of", state: job.state)
        }
        return created(try await running.takeCheckpoint())
    }

    private func bringIn(_ request: HTTPRequest) async throws -> HTTPResponse {
        if let type = request.contentType, type != "application/octet-stream" {
            throw APIError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "a safetensors file comes as application/octet-stream, got \(type)"
            )
        }
        var query = QueryReader(request)
        var name: String?
        query.readName("name", limit: 200, into: &name)
        try query.finish()
        let checkpoint = try PolicyCheckpoint(SafetensorsFile(request.body))
        try services.models.checkMemory(for: checkpoint)
        return created(
            try services.store.importCheckpoint(checkpoint, id: services.makeID(), name: name)
        )
    }

    private func created(_ checkpoint: CheckpointRecord) -> HTTPResponse {
        var response = HTTPResponse.json(.object(checkpoint.json), .created)
        response.headers["Location"] = "/v1/checkpoints/\(checkpoint.id)"
        return response
    }

    private func file(_ request: HTTPRequest) async throws -> HTTPResponse {
        let checkpoint = try await checkpoint(request)
        guard let file = HTTPFile(path: services.store.file(ofCheckpoint: checkpoint.id)) else {
            throw APIError(
                .notFound,
                code: "file_gone",
                "the file of checkpoint \(checkpoint.id) is gone"
            )
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
