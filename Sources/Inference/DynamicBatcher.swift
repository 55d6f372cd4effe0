internal import Dispatch
internal import Synchronization

/// Joins the states of requests that wait at the same time into one pass through the network.
///
/// A request that finds nobody waiting is answered at once; while a pass is under way, others
/// gather for the next. Rows are counted, not requests, and there is a limit to how many may wait.
package final class DynamicBatcher: Sendable {
    /// Computes the values of `count` states, as many of each.
    package typealias Pass = (_ states: Span<UInt8>, _ count: Int) -> [Float]

    private struct Request {
        var states: [UInt8]
        var count: Int
        var continuation: CheckedContinuation<Result<[Float], InferenceError>, Never>
    }

    private struct Waiting {
        var requests: [Request] = []
        var rows = 0
        var isRunning = false
    }

    /// The pass with what it captures, used on `queue` alone.
    private final class Worker: @unchecked Sendable {
        let pass: Pass

        init(_ pass: @escaping Pass) {
            self.pass = pass
        }
    }

    private let maxBatchRows: Int
    private let maxWaitingRows: Int
    private let queue: DispatchQueue
    private let worker: Worker
    private let waiting = Mutex(Waiting())

    /// Creates a batcher that nobody waits for.
    /// - Parameters:
    ///   - label: The name of the queue that passes run on.
    ///   - maxBatchRows: States of one pass.
    ///   - maxWaitingRows: States that may wait beside those of the pass under way.
    ///   - pass: Called with at most `maxBatchRows` states, never twice at the same time.
    package init(
        label: String,
        maxBatchRows: Int,
        maxWaitingRows: Int,
        pass: sending @escaping Pass
    ) {
        worker = Worker(pass)
        queue = DispatchQueue(label: label, qos: .userInteractive)
        self.maxBatchRows = maxBatchRows
        self.maxWaitingRows = maxWaitingRows
    }

    /// How many states wait for the next pass.
    package var waitingRows: Int { waiting.withLock { $0.rows } }

    /// The values of `count` states, at least one, shape (count, values).
    /// - Throws: ``InferenceError/queueIsFull(limitRows:)`` if too many are waiting.
    package func values(
        of states: [UInt8],
        count: Int
    ) async throws(InferenceError) -> [Float] {
        try await withCheckedContinuation { continuation in
            take(Request(states: states, count: count, continuation: continuation))
        }.get()
    }

    private func take(_ request: Request) {
        let (isTaken, mustStart) = waiting.withLock { waiting in
            guard waiting.rows + request.count <= maxWaitingRows else { return (false, false) }
            waiting.requests.append(request)
            waiting.rows += request.count
            defer { waiting.isRunning = true }
            return (true, !waiting.isRunning)
        }
        if mustStart { queue.async { self.run() } }
        if !isTaken {
            request.continuation.resume(
                returning: .failure(.queueIsFull(limitRows: maxWaitingRows))
            )
        }
    }

    /// Passes until nobody waits.
    private func run() {
        dispatchPrecondition(condition: .onQueue(queue))
        while let batch = takeBatch() {
            answer(batch)
        }
    }

    /// As many whole requests as one pass holds, and at least one.
    private func takeBatch() -> [Request]? {
        waiting.withLock { waiting in
            guard !waiting.requests.isEmpty else {
                waiting.isRunning = false
                return nil
            }
            var (rows, count) = (0, 0)
            for request in waiting.requests {
                guard count == 0 || rows + request.count <= maxBatchRows else { break }
                rows += request.count
                count += 1
            }
            let batch = Array(waiting.requests.prefix(count))
            waiting.requests.removeFirst(count)
            waiting.rows -= rows
            return batch
        }
    }

    private func answer(_ batch: [Request]) {
        let states = batch.count == 1 ? batch[0].states : batch.flatMap(\.states)
        let count = batch.reduce(0) { $0 + $1.count }
        let values = values(of: states, count: count)
        let width = values.count / count
        var start = 0
        for request in batch {
            let end = start + request.count * width
            request.continuation.resume(returning: .success(Array(values[start..<end])))
            start = end
        }
    }

    /// One request alone may have more states than a pass.
    private func values(of states: [UInt8], count: Int) -> [Float] {
        let size = states.count / count
        var values: [Float] = []
        for first in stride(from: 0, to: count, by: maxBatchRows) {
            let rows = min(maxBatchRows, count - first)
            let bytes = states.span.extracting((first * size)..<((first + rows) * size))
            values += worker.pass(bytes, rows)
        }
        return values
    }
}
