internal import RunStorage

/// Whose events a stream tells.
package enum EventScope: Hashable, Sendable {
    /// Those of one job, numbered within it.
    case job(String)
    /// Those of one job that a person can look at: of many at once only the newest of each kind.
    case coalesced(job: String)
    /// Those of all jobs, numbered over all.
    case allJobs

    /// The job; nil for all.
    var job: String? {
        switch self {
        case .job(let id), .coalesced(let id): id
        case .allJobs: nil
        }
    }

    /// An event's data as the stream sends them: among those of all jobs each names its own.
    func data(of event: StoredEvent) -> String {
        switch self {
        case .job, .coalesced: event.data
        case .allJobs: "{\"job\":\"\(event.job)\"," + event.data.dropFirst()
        }
    }

    /// The events of a batch that are sent.
    ///
    /// They are all of them, but where a full batch waits for a reader that wants few: then the
    /// newest `episode`, the newest `metrics` and everything else. The last event always is one.
    func chosen(of batch: [StoredEvent]) -> [StoredEvent] {
        guard case .coalesced = self, batch.count == EventSource.batch else { return batch }
        var seen: Set<String> = []
        let newestFirst = batch.reversed().filter { event in
            !["episode", "metrics"].contains(event.name) || seen.insert(event.name).inserted
        }
        return newestFirst.reversed()
    }
}
