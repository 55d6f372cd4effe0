/// Why a job is to end before it is complete.
package enum StopRequest: Equatable, Sendable {
    /// Somebody asked for it, with a reason where it is not a person's wish.
    case request(reason: String?)
    /// The server ends: the job goes on with the next, and what has not begun stays as it is.
    case shutdown(reason: String)

    /// Whether the server ends.
    var isShutdown: Bool {
        if case .shutdown = self { true } else { false }
    }

    /// What the job's record is to say.
    var reason: String? {
        switch self {
        case .request(let reason): reason
        case .shutdown(let reason): reason
        }
    }
}
