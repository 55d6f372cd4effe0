internal import Checkpoints
internal import DeepQLearning
internal import Environments
internal import HTTPServing
internal import JSONFields
internal import Training

/// Clients that play: they join a job, tell what they see, and are told what to do.
struct PlayerRoutes: Sendable {
    let services: Services

    /// The largest body of a call: a thousand screens.
    private static let bodyLimitBytes = 128 << 20

    func add(to router: inout Router) {
        router.on(.post, "/v1/jobs/{id}/players", scope: Scope.train, join)
        router.on(.get, "/v1/jobs/{id}/players", scope: Scope.read, list)
        router.on(.get, "/v1/jobs/{id}/parameters", scope: Scope.read, parameters)
        router.on(.get, "/v1/players/{id}", scope: Scope.read) { request in
            try request.expectNoParameters()
            let table = try clients(ofPlayer: request.parameters["id"])
            return .json(try table.player(request.parameters["id"]).json(in: table))
        }
        router.on(.delete, "/v1/players/{id}", scope: Scope.train) { request in
            try request.expectNoParameters()
            let id = request.parameters["id"]
            try clients(ofPlayer: id).leave(id)
            return HTTPResponse(.noContent)
        }
        let limit = Self.bodyLimitBytes
        router.on(.post, "/v1/players/{id}/act", scope: Scope.train, bodyLimitBytes: limit) {
            try await call($0, wantsActions: true)
        }
        router.on(
            .post,
            "/v1/players/{id}/experience",
            scope: Scope.train,
            bodyLimitBytes: limit
        ) { try await call($0, wantsActions: false) }
    }

    private func join(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let table = try await clients(ofJob: request.parameters["id"])
        var fields = FieldReader(request.body.isEmpty ? .object([:]) : try request.json())
        guard fields.found.isEmpty else { throw fields.found }
        var (agents, mode, name) = (1, PlayerMode.train, "")
        fields.read("agents", in: 1...1024, into: &agents)
        fields.read("mode", into: &mode)
        fields.read("name", limit: 200, into: &name)
        try fields.finishOrThrow()
        let player = try table.join(name: name.isEmpty ? nil : name, mode: mode, agents: agents)
        var response = HTTPResponse.json(player.json(in: table), .created)
        response.headers["Location"] = "/v1/players/\(player.id)"
        return response
    }

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let job = try await services.job(request.parameters["id"])
        // A job that has ended, or that no client plays, has none.
        let table = services.scheduler.clients(of: job.id)
        let players = table.map { table in table.players.map { $0.json(in: table) } }
        return .json(["players": .array(players ?? [])])
    }

    private func call(_ request: HTTPRequest, wantsActions: Bool) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let id = request.parameters["id"]
        let table = try clients(ofPlayer: id)
        let player = try table.player(id)
        guard wantsActions || player.mode == .train else {
            throw APIError(
                .conflict,
                code: "player_conflict",
                "player \(id) evaluates: nothing is learned from its experience"
            )
        }
        let call = try PlayerCall(request, of: player, in: table, wantsActions: wantsActions)
        let answer = try await table.act(call.call, sequence: call.sequence, of: id)
        return wantsBytes(request) ? answer.bytesResponse : .json(answer.json)
    }

    private func wantsBytes(_ request: HTTPRequest) -> Bool {
        request.headers["Accept"]?.lowercased().contains("application/octet-stream") == true
    }

    /// What is acted on at the moment, for a client that acts by itself.
    private func parameters(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let job = try await services.job(request.parameters["id"])
        guard let policy = await services.scheduler.job(job.id)?.policy() else {
            throw JobConflict(id: job.id, request: "read the parameters of", state: job.state)
        }
        let tag = EntityTag("\(job.id)-\(policy.policy.gradientUpdates)")
        if let unchanged = try request.unchanged(tag, now: .now) { return unchanged }
        return HTTPResponse(
            headers: [
                "Content-Type": "application/octet-stream", "ETag": tag.description,
                "Cache-Control": "no-cache",
            ],
            body: .bytes(policy.file.bytes)
        )
    }

    /// The players of a job that has not ended, and that clients play.
    private func clients(ofJob id: String) async throws -> ClientTable {
        if let table = services.scheduler.clients(of: id) { return table }
        let job = try await services.job(id)
        guard job.specification.environment == ClientEnvironments.id else {
            throw APIError(
                .conflict,
                code: "not_for_clients",
                "job \(id) plays \(job.specification.environment) itself; clients play jobs of the "
                    + "environment \"\(ClientEnvironments.id)\""
            )
        }
        throw JobConflict(id: id, request: "play", state: job.state)
    }

    private func clients(ofPlayer id: String) throws -> ClientTable {
        // A player is called by its job and a number.
        let job = id.lastIndex(of: "-").map { String(id[..<$0]) }
        guard let table = job.flatMap({ services.scheduler.clients(of: $0) }) else {
            throw ClientError.noPlayer(id.excerpt)
        }
        return table
    }
}
