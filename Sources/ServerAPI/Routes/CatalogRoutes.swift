internal import Environments
internal import HTTPServing
internal import JSONFields
internal import Training

/// What there is to choose from: environments and presets.
struct CatalogRoutes: Sendable {
    let services: Services

    func add(to router: inout Router) {
        let environments = JSONValue.object([
            "environments": .array(services.environments.entries.map(\.json))
        ]).text
        let presets = JSONValue.object(["presets": .array(Preset.all.map(\.json))]).text
        // Off the loop, where an answer of any length is compressed.
        router.on(.get, "/v1/environments", scope: Scope.read) { request in
            try request.expectNoParameters()
            return HTTPResponse(bytes: environments, contentType: "application/json")
        }
        router.onLoop(.get, "/v1/presets", scope: Scope.read) { request in
            try request.expectNoParameters()
            return HTTPResponse(bytes: presets, contentType: "application/json")
        }
    }
}
