internal import HTTPServing
internal import JSONFields
internal import RunStorage

/// Whether the server lives and is ready, and what it counts.
struct OperationRoutes: Sendable {
    let services: Services

    func add(to router: inout Router) {
        router.onLoop(.get, "/livez", isHealthCheck: true) { _ in .json(["live": true]) }
        router.on(.get, "/readyz", isHealthCheck: true) { _ in
            guard let reason = await services.unreadyReason() else {
                return .json(["ready": true])
            }
            return .json(["ready": false, "reason": .string(reason)], .serviceUnavailable)
        }
        router.onLoop(.get, "/openapi.json") { _ in
            HTTPResponse(bytes: OpenAPIDocument.text, contentType: "application/json")
        }
        router.on(.post, "/v1/backup", scope: Scope.train) { request in
            try request.expectNoParameters()
            let backup = try await services.store.backUp()
            return .json(
                [
                    "folder": .string(backup.folder),
                    "jobs": .integer(backup.jobs),
                    "checkpoints": .integer(backup.checkpoints),
                    "database_bytes": .integer(backup.databaseBytes),
                ],
                .created
            )
        }
        router.on(.get, "/metrics", scope: Scope.read) { _ in
            HTTPResponse(
                bytes: Array(try await PrometheusText(services).text.utf8),
                contentType: "text/plain; version=0.0.4; charset=utf-8"
            )
        }
    }
}

extension Services {
    /// Why the server is not to be sent requests; nil where it is.
    ///
    /// A server that cannot write jobs down must not take any.
    func unreadyReason() async -> String? {
        guard readiness.isReady else { return "the server is shutting down" }
        do throws(RunStorageError) {
            try await store.checkWritable()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
