internal import BackgroundQueues
internal import DeepQLearning
internal import Dispatch
internal import NeuralNetworks
internal import Synchronization

/// Joins the states of requests that wait at the same time into one pass through the network.
///
/// A request that finds nobody waiting is answered at once; while a pass is under way, others
/// gather for the next. Rows are counted, not requests, and there is a limit to how many may wait.
final class DynamicBatcher: Sendable {
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

    /// The function with what it needs, used on `queue` alone.
    private final class Worker: @unchecked Sendable {
        let function: QFunction

        init(_ function: QFunction) {
            self.function = function
        }
    }

    /// States of one pass.
    let maxBatchRows: Int
    /// States that may wait.
    let maxWaitingRows: Int
    private let queue: DispatchQueue
    private let worker: Worker
    private let pool: ComputePool
    private let waiting = Mutex(Waiting())

    /// - Parameters:
    ///   - function: What is asked, with room for `maxBatchRows` states; nobody else may use it.
    ///   - label: The name of the queue that passes run on.
    ///   - pool: The cores of one pass.
    ///   - maxBatchRows: States of one pass.
    ///   - maxWaitingRows: States that may wait.
    init(
        _ function: sending QFunction,
        label: String,
        pool: ComputePool,
        maxBatchRows: Int,
        maxWaitingRows: Int
    ) {
        worker = Worker(function)
        queue = DispatchQueue(label: label, qos: .userInteractive)
        self.pool = pool
        self.maxBatchRows = maxBatchRows
        self.maxWaitingRows = maxWaitingRows
    }

    /// The Q-values of `count` states, shape (count, actions).
    /// - Throws: `InferenceError.queueIsFull` where too many are waiting.
    func qValues(of states: [UInt8], count: Int) async throws(InferenceError) -> [Float] {
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
        let actions = worker.function.actionCount
        let states = batch.count == 1 ? batch[0].states : batch.flatMap(\.states)
        let values = qValues(of: states, count: batch.reduce(0) { $0 + $1.count })
        var start = 0
        for request in batch {
            let end = start + request.count * actions
            request.continuation.resume(returning: .success(Array(values[start..<end])))
            start = end
        }
    }

    /// One request alone may have more states than a pass.
    private func qValues(of states: [UInt8], count: Int) -> [Float] {
        let size = worker.function.input.byteCount
        var values: [Float] = []
        for first in stride(from: 0, to: count, by: maxBatchRows) {
            let rows = min(maxBatchRows, count - first)
            let bytes = states.span.extracting((first * size)..<((first + rows) * size))
            values += worker.function.qValues(of: bytes, count: rows, pool: pool)
        }
        return values
    }
}
