internal import Environments
internal import Synchronization

/// What others ask of a job, heard even while it waits for a worker process.
///
/// A job runs on a queue of its own and hears others between two slices of training. A worker
/// process that hangs would hold that queue until its time is out: whoever waits for the job cuts
/// the wait short.
final class JobRequests: Sendable {
    /// Raised while somebody waits for the job's queue.
    let interruption = WorkerInterruption()
    private let stopRequest = Mutex<StopRequest?>(nil)

    /// Why the job is to end.
    enum StopRequest {
        /// Somebody asked for it.
        case request(reason: String?)
        /// The server ends: what has not begun stays as it is.
        case shutdown(reason: String)

        var reason: String? {
            switch self {
            case .request(let reason): reason
            case .shutdown(let reason): reason
            }
        }
    }

    /// The request to end the job, as soon as there is one.
    var stop: StopRequest? { stopRequest.withLock { $0 } }

    /// Whether the server ends.
    var isShutdown: Bool {
        if case .shutdown = stop { true } else { false }
    }

    /// Asks the job to end; the first request counts.
    func requestStop(_ request: StopRequest) {
        stopRequest.withLock { $0 = $0 ?? request }
    }
}
