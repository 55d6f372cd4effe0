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

    /// The request to end the job, as soon as there is one.
    var stop: StopRequest? { stopRequest.withLock { $0 } }

    /// Whether updates that are due need not be made any more: a suspended job makes them.
    var isStopped: Bool {
        if case .request = stop { true } else { false }
    }

    /// Asks the job to end; the first request counts.
    func requestStop(_ request: StopRequest) {
        stopRequest.withLock { $0 = $0 ?? request }
    }
}
