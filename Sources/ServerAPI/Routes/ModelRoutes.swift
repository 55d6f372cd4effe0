internal import HTTPServing
internal import Inference
internal import JSONFields
internal import NeuralNetworks
internal import RunStorage
internal import Training

/// Q-values for uploaded states.
///
/// Each job is a model of its own id, its checkpoints are versions.
struct ModelRoutes: Sendable {
    let services: Services

    /// The largest body of states that is taken in.
    private static let bodyLimitBytes = 64 << 20

    private enum Version {
        case latest
        case number(Int)
        case label(String)
    }

    func add(to router: inout Router) {
        let limit = Self.bodyLimitBytes
        router.on(.get, "/v1/models", scope: Scope.read, list)
        router.on(.get, "/v1/models/{name}", scope: Scope.read, show)
        router.on(
            .post,
            "/v1/models/{name}/q-values",
            scope: Scope.infer,
            bodyLimitBytes: limit
        ) { request in
            try await answer(request, .latest)
        }
        router.on(
            .post,
            "/v1/models/{name}/versions/{version:int}/q-values",
            scope: Scope.infer,
            bodyLimitBytes: limit
        ) { request in
            try await answer(request, .number(request.parameters.integer("version")))
        }
        router.on(
            .post,
            "/v1/models/{name}/labels/{label}/q-values",
            scope: Scope.infer,
            bodyLimitBytes: limit
        ) { request in
            try await answer(request, .label(request.parameters["label"]))
        }
    }

    private func answer(_ request: HTTPRequest, _ version: Version) async throws -> HTTPResponse {
        let name = request.parameters["name"]
        let checkpoint = try await checkpoint(name, version)
        let model = try await services.models.model(
            checkpoint: checkpoint.id,
            file: services.store.file(ofCheckpoint: checkpoint.id),
            sha256: checkpoint.sha256
        )
        let uploaded = UploadedStates(for: model, in: services.environments)
        let answer = try await model.answer(try uploaded.bytes(of: request))
        var (query, wantsDistributions) = (QueryReader(request), false)
        query.read("distribution", into: &wantsDistributions)
        return .json(
            try answer.json(
                of: ResolvedModel(name: name, version: checkpoint.version, model: model),
                withDistributions: wantsDistributions
            )
        )
    }

    /// The checkpoint that a name and version mean.
    private func checkpoint(
        _ name: String,
        _ version: Version
    ) async throws -> CheckpointRecord {
        let checkpoints = try await checkpoints(of: name)
        let match: CheckpointRecord? =
            switch version {
            case .latest: checkpoints.last
            case .number(let number): checkpoints.first { $0.version == number }
            case .label(let label): checkpoints.first { $0.labels.contains(label) }
            }
        if let match { return match }
        guard !checkpoints.isEmpty else {
            throw APIError(
                .conflict,
                code: "no_checkpoint",
                "model \"\(name)\" has no checkpoint yet; "
                    + "POST /v1/jobs/\(name)/checkpoints takes one"
            )
        }
        throw APIError(
            .notFound,
            code: "version_not_found",
            "model \"\(name)\" \(Self.lack(of: version, among: checkpoints))"
        )
    }

    /// What a model that has `checkpoints` has not, and what it has.
    private static func lack(
        of version: Version,
        among checkpoints: [CheckpointRecord]
    ) -> String {
        let limit = 20
        let versions = checkpoints.suffix(limit).map { "version \($0.version)" }.joined(
            separator: ", "
        )
        let isCut = checkpoints.count > limit
        switch version {
        case .latest: return "has no newest version"
        case .number(let number):
            return "has no version \(number), it has \(isCut ? "…, " : "")\(versions)"
        case .label("best"):
            return checkpoints.last?.job == nil
                ? "is one imported checkpoint, which is labelled latest only"
                : "has no checkpoint labelled best: a job without evaluation earns it after 100 "
                    + "episodes, one with evaluation at the first"
        case .label(let label):
            let labels = checkpoints.flatMap(\.labels).map { "\"\($0)\"" }.joined(separator: ", ")
            return "has no label \"\(label.excerpt)\", it has \(labels)"
        }
    }

    /// The checkpoints of a job, or the one that was imported under that id; oldest first.
    private func checkpoints(of name: String) async throws -> [CheckpointRecord] {
        guard let checkpoints = try await services.store.checkpoints(ofModel: name) else {
            throw APIError.unknown("model", name)
        }
        return checkpoints
    }

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        var query = QueryReader(request)
        let part = query.part()
        try query.finish()
        let page = try await services.store.models(limit: part.limit, after: part.cursor)
        return .json([
            "models": .array(
                page.models.map { summary($0.name, $0.environment, $0.checkpoints) }
            ),
            "next": .optional(page.next.map(String.init)),
        ])
    }

    private func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let name = request.parameters["name"]
        let checkpoints = try await checkpoints(of: name)
        let environment = try await services.store.job(name)?.specification.environment
        return .json(summary(name, environment, checkpoints))
    }

    private func summary(
        _ name: String,
        _ environment: String?,
        _ checkpoints: [CheckpointRecord]
    ) -> JSONValue {
        [
            "name": .string(name),
            "environment": .optional(environment),
            "versions": .array(
                checkpoints.map { checkpoint in
                    [
                        "version": .integer(checkpoint.version),
                        "checkpoint": .string(checkpoint.id),
                        "name": .optional(checkpoint.name),
                        "agent_steps": .integer(checkpoint.agentSteps),
                        "labels": .array(checkpoint.labels.map(JSONValue.string)),
                    ]
                }
            ),
        ]
    }
}
