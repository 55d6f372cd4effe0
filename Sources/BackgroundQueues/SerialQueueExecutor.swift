internal import Dispatch

/// A serial queue that an actor runs on, so that long or blocking work never holds a thread of
/// Swift's cooperative pool.
///
/// Dispatch on Linux has no `DispatchSerialQueue` that conforms to `SerialExecutor` by itself.
public final class SerialQueueExecutor: SerialExecutor {
    private let queue: DispatchQueue
    private let priority: ThreadPriority

    /// Creates an executor over a new serial queue.
    ///
    /// - Parameters:
    ///   - label: What debuggers and crash reports call the queue.
    ///   - priority: That of the threads that run what is enqueued.
    public init(label: String, priority: ThreadPriority = .usual) {
        queue = DispatchQueue(label: label, qos: priority.qualityOfService)
        self.priority = priority
    }

    /// Runs `job` on the queue, after everything that was enqueued before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            self.priority.applyToThread()
            unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }

    /// The reference that an actor's `unownedExecutor` returns.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Traps where the caller is not running on the queue.
    public func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
