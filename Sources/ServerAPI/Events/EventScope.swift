internal import RunStorage

/// Whose events a stream tells.
package enum EventScope: Hashable, Sendable {
    /// Those of one job, numbered within it.
    case job(String)
    /// Those of all jobs, numbered over all.
    case allJobs

    /// The job; nil for all.
    var job: String? {
        switch self {
        case .job(let id): id
        case .allJobs: nil
        }
    }

    /// An event's data as the stream sends them: among those of all jobs each names its own.
    func data(of event: StoredEvent) -> String {
        switch self {
        case .job: event.data
        case .allJobs: "{\"job\":\"\(event.job)\"," + event.data.dropFirst()
        }
    }
}
