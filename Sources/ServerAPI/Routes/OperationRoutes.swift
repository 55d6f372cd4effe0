internal import HTTPServing
internal import JSONFields

/// Whether the server lives and is ready, and what it counts.
struct OperationRoutes: Sendable {
    let services: Services

    func add(to router: inout Router) {
        router.onLoop(.get, "/livez") { _ in .json(["live": true]) }
        router.onLoop(.get, "/readyz") { _ in
            let isReady = services.readiness.isReady
            return .json(["ready": .bool(isReady)], isReady ? .ok : .serviceUnavailable)
        }
        router.onLoop(.get, "/openapi.json") { _ in
            HTTPResponse(bytes: PackageResources.openapi_json, contentType: "application/json")
        }
        router.on(.get, "/metrics", scope: Scope.read) { _ in
            HTTPResponse(
                bytes: Array(try await PrometheusText(services).text.utf8),
                contentType: "text/plain; version=0.0.4; charset=utf-8"
            )
        }
    }
}
