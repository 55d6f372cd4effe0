internal import Dispatch

/// A serial queue for calls that block (file reads, `fsync`, digests), so that none of them holds a
/// thread of Swift's cooperative pool.
public final class BlockingQueue: Sendable {
    private let queue: DispatchQueue

    /// Creates a queue; `label` is what debuggers and crash reports call it.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs `body` after everything that was given to the queue before it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result(catching: body))
            }
        }
        return try outcome.get()
    }
}
