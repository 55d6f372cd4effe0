internal import Synchronization

/// Something that ends once, and can be waited for before and after.
struct Ending: ~Copyable, Sendable {
    // Not private: debug builds of Swift 6.3.1 fail on a private type in a noncopyable one.
    enum State {
        case pending([CheckedContinuation<Void, Never>])
        case complete
    }

    private let state = Mutex(State.pending([]))

    func complete() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            defer { state = .complete }
            guard case .pending(let waiters) = state else { return [] }
            return waiters
        }
        for waiter in waiters {
            waiter.resume()
        }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isComplete = state.withLock { state in
                guard case .pending(let waiters) = state else { return true }
                state = .pending(waiters + [continuation])
                return false
            }
            if isComplete { continuation.resume() }
        }
    }
}
