internal import Environments
internal import Synchronization

/// What others ask of a job, heard in the midst of its work.
///
/// A worker process that hangs would hold the job until its time is out: whoever waits for the job's
/// end cuts the wait short.
final class JobRequests: Sendable {
    /// Raised while somebody waits for the job's end.
    let interruption = WorkerInterruption()
    private let stopRequest = Mutex<StopRequest?>(nil)
    /// The end of the slice of work under way, by the monotonic clock.
    private let sliceEnd = Atomic(UInt64(0))

    /// The request to end the job, as soon as there is one.
    var stop: StopRequest? { stopRequest.withLock { $0 } }

    /// Whether updates that are due need not be made any more: a suspended job makes them.
    var isStopped: Bool {
        if case .request = stop { true } else { false }
    }

    /// Notes when the slice of work that begins is to end.
    func beginSlice(until seconds: Double) {
        sliceEnd.store(seconds.bitPattern, ordering: .relaxed)
    }

    /// Whether the slice of work under way is to end by now.
    func isSliceOver(at seconds: Double) -> Bool {
        seconds >= Double(bitPattern: sliceEnd.load(ordering: .relaxed))
    }

    /// Asks the job to end; the first request counts.
    func requestStop(_ request: StopRequest) {
        stopRequest.withLock { $0 = $0 ?? request }
    }
}
