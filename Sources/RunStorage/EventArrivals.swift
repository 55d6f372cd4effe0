internal import Synchronization

/// Lets readers wait until events were written: more than they know of, or any of one job.
///
/// Readers fetch from the database at their own pace, so that a slow one holds nothing up and
/// nothing is kept for it.
final class EventArrivals: Sendable {
    private struct State {
        var newest = 0
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Who listens, by job; those that listen to all jobs under nil.
        var listeners: [String?: [Int: EventSignal]] = [:]

        mutating func makeID() -> Int {
            nextID += 1
            return nextID
        }
    }

    private let state = Mutex(State())

    /// Notes that events up to `number` were written, those since the last call by `job`.
    func announce(_ number: Int, of job: String) {
        let (waiters, signals) = state.withLock { state in
            state.newest = max(state.newest, number)
            defer { state.waiters = [:] }
            let signals = [job, nil].flatMap { state.listeners[$0, default: [:]].values }
            return (state.waiters.values.map { $0 }, signals)
        }
        for waiter in waiters { waiter.resume() }
        for signal in signals { signal.raise() }
    }

    /// Returns when events beyond `number` were written, or the task is cancelled.
    func wait(beyond number: Int) async {
        let id = state.withLock { $0.makeID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.newest > number || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// Raises `signal` whenever events of `job`, or of any job, are written.
    /// - Returns: What to remove it by.
    func add(_ signal: EventSignal, job: String?) -> Int {
        state.withLock { state in
            let id = state.makeID()
            state.listeners[job, default: [:]][id] = signal
            return id
        }
    }

    func remove(_ id: Int, job: String?) {
        state.withLock { state in
            state.listeners[job]?[id] = nil
            if state.listeners[job]?.isEmpty == true { state.listeners[job] = nil }
        }
    }
}
