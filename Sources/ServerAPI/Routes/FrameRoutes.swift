internal import Checkpoints
internal import DeepQLearning
internal import HTTPServing
internal import JSONFields
internal import RunStorage
internal import Training

/// What a running job's agent sees, and what a table has learned.
struct FrameRoutes: Sendable {
    let services: Services

    func add(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/frame.png", scope: Scope.read, frame)
        router.on(.get, "/v1/jobs/{id}/q-table", scope: Scope.read, table)
    }

    private func frame(_ request: HTTPRequest) async throws -> HTTPResponse {
        var query = QueryReader(request)
        var (scale, showsStack, showsScreen) = (1, false, false)
        query.read("scale", in: 1...16, into: &scale)
        query.read("stack", into: &showsStack)
        query.read("screen", into: &showsScreen)
        try query.finish()
        let job = try await services.job(request.parameters["id"])
        guard !job.state.isEnd, let shared = await services.views.view(ofJob: job.id) else {
            throw APIError(
                .conflict,
                code: "no_frame",
                "job \(job.id) is \(job.state.rawValue) and has no frame to show"
            )
        }
        let picture: SharedView.Picture =
            if showsScreen { .screen } else { showsStack ? .stack : .newest }
        guard let png = await shared.png(picture, scale: scale) else {
            throw APIError(.notFound, code: "no_frame", "this environment has no picture of itself")
        }
        return HTTPResponse(
            headers: ["Content-Type": "image/png", "Cache-Control": "no-store"],
            body: .bytes(png)
        )
    }

    private func table(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.expectNoParameters()
        let job = try await services.job(request.parameters["id"])
        guard let policy = try await policy(of: job) else {
            throw APIError(
                .conflict,
                code: "no_table",
                "job \(job.id) is \(job.state.rawValue) and has learned nothing yet"
            )
        }
        guard case .table(let table) = policy.policy.function else {
            throw APIError(
                .notFound,
                code: "no_table",
                "job \(job.id) learns with a network and not with a table"
            )
        }
        return .json([
            "agent_steps": .integer(policy.policy.agentSteps),
            "action_names": .array(policy.actionNames.map(JSONValue.string)),
            "q_values": .array(
                (0..<table.stateCount).map { state in
                    .array(table[state].map { .single($0) })
                }
            ),
        ])
    }

    /// What a running job knows now, or an ended one has left in its last checkpoint.
    private func policy(of job: JobRecord) async throws -> PolicyCheckpoint? {
        if let policy = await services.scheduler.job(job.id)?.policy() { return policy }
        guard let last = try await services.store.checkpoints(ofJob: job.id).last else {
            return nil
        }
        return try await services.store.policy(of: last)
    }
}
