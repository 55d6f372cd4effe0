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
        case .job(let id), .coalesced(let id):
            try await store.events(ofJob: id, after: position, limit: limit)
        case .allJobs: try await store.events(after: position, limit: limit)
        }
    }

    /// Whether no more events can come than those that are written down.
    var isOver: Bool {
        get async throws {
            if !readiness.isReady { return true }
            guard let id = scope.job else { return false }
            return try await store.job(id)?.state.isEnd ?? true
        }
    }

    func listen() -> EventListener {
        store.listen(toJob: scope.job)
    }

    /// Where a stream that is to go on after `position` begins: a position beyond the newest event
    /// is one of another data folder, and waiting for it would hide all that happens until then.
    func start(after position: Int) async throws -> Int {
        guard position > 0, try await events(after: position - 1, limit: 1).isEmpty else {
            return position
        }
        // Meanwhile the place may have been reached.
        return min(position, try await newest)
    }

    /// The number of the newest event; 0 before the first.
    var newest: Int {
        get async throws {
            guard scope.job != nil else { return try await store.newestEvent() }
            // The store tells what comes after an event, so the end is searched: `known` exists,
            // and at last nothing does after known + step - 1.
            var (known, step) = (0, 1)
            while let event = try await events(after: known + step - 1, limit: 1).first {
                (known, step) = (event.id, step * 2)
            }
            while step > 1 {
                step /= 2
                if let event = try await events(after: known + step - 1, limit: 1).first {
                    known = event.id
                }
            }
            return known
        }
    }
}
