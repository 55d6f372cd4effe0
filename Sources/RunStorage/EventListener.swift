internal import Synchronization

/// Tells one reader whenever events were written: those of one job, or of all.
///
/// It remembers that some were written while nobody waited. A reader that makes it first, and then
/// looks into the store before each wait, misses nothing.
public final class EventListener: Sendable {
    private let arrivals: EventArrivals
    private let job: String?
    private let signal = EventSignal()
    private let id: Int

    init(_ arrivals: EventArrivals, job: String?) {
        self.arrivals = arrivals
        self.job = job
        id = arrivals.add(signal, job: job)
    }

    deinit {
        arrivals.remove(id, job: job)
    }

    /// Returns when events were written since the last call, or the task is cancelled.
    ///
    /// Not for two tasks at once.
    public func next() async {
        await signal.wait()
    }
}

extension RunStore {
    /// Listens for events that are written from now on.
    ///
    /// - Parameter job: The job whose events count; nil for those of all jobs.
    /// - Returns: What one reader waits by.
    public func listen(toJob job: String?) -> EventListener {
        EventListener(arrivals, job: job)
    }
}

/// Something that one task waits for and that stays raised until it does.
final class EventSignal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func raise() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            state.isRaised = state.waiter == nil
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns once it is raised, and takes it down; or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRaised || Task.isCancelled {
                        state.isRaised = false
                        return true
                    }
                    precondition(state.waiter == nil, "two tasks wait for one signal")
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
