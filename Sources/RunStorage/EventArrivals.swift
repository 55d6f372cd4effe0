internal import Synchronization

/// Lets readers wait until more events were written than they know of.
///
/// Readers fetch from the database at their own pace, so that a slow one holds nothing up and
/// nothing is kept for it.
final class EventArrivals: Sendable {
    private struct State {
        var newest = 0
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Notes that events up to `number` were written.
    func announce(_ number: Int) {
        let waiters = state.withLock { state in
            state.newest = max(state.newest, number)
            defer { state.waiters = [:] }
            return state.waiters.values.map { $0 }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when events beyond `number` were written, or the task is cancelled.
    func wait(beyond number: Int) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
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
}
