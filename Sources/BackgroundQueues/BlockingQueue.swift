internal import Dispatch

/// A serial queue for calls that block or compute for long (file reads, `fsync`, digests, training), so
/// that none of them holds a thread of Swift's cooperative pool, or an actor.
public final class BlockingQueue: Sendable {
    private let queue: DispatchQueue
    private let priority: ThreadPriority

    /// Creates a queue.
    ///
    /// - Parameters:
    ///   - label: What debuggers and crash reports call it.
    ///   - priority: That of the threads that run what it is given.
    public init(label: String, priority: ThreadPriority = .usual) {
        queue = DispatchQueue(label: label, qos: priority.qualityOfService)
        self.priority = priority
    }

    /// Runs `body` after everything that was given to the queue before it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome = await withCheckedContinuation { continuation in
            queue.async { [priority] in
                priority.applyToThread()
                continuation.resume(returning: Result(catching: body))
            }
        }
        return try outcome.get()
    }
}
