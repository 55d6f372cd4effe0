internal import RunStorage
internal import Training

/// Where a scope's events are read from.
struct EventSource: Sendable {
    let scope: EventScope
    let store: RunStore
    let readiness: Readiness

    /// As many events as are read at once.
    static let batch = 256

    /// The next events after the one numbered `position`, oldest first.
    func events(after position: Int, limit: Int = batch) async throws -> [StoredEvent] {
        switch scope {
        case .job(let id): try await store.events(ofJob: id, after: position, limit: limit)
        case .allJobs: try await store.events(after: position, limit: limit)
        }
    }

    /// Whether no more events can come than those that are written down.
    var isOver: Bool {
        get async throws {
            if !readiness.isReady { return true }
            guard case .job(let id) = scope else { return false }
            return try await store.job(id)?.state.isEnd ?? true
        }
    }

    func listen() -> EventListener {
        store.listen(toJob: scope.job)
    }
}
