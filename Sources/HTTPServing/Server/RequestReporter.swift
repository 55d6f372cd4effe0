internal import Synchronization

/// Names requests, counts them and tells what became of each.
final class RequestReporter: Sendable {
    private let seed: UInt64
    private let number = Atomic<UInt64>(0)
    private let metrics: HTTPMetrics
    private let onAccess: (@Sendable (AccessRecord) -> Void)?

    init(
        seed: UInt64,
        metrics: HTTPMetrics,
        onAccess: (@Sendable (AccessRecord) -> Void)?
    ) {
        self.seed = seed
        self.metrics = metrics
        self.onAccess = onAccess
    }

    /// The client's own name for its request where that can be echoed, else a new one.
    func name(_ head: RequestHead?) -> RequestID {
        if let head, let index = head.fields.firstIndex(of: .xRequestID),
            let id = RequestID(given: head.fields.value(at: index))
        {
            return id
        }
        return RequestID(
            seed: seed,
            number: number.wrappingAdd(1, ordering: .relaxed).newValue
        )
    }

    func report(
        _ exchange: Exchange,
        at now: MonotonicTime,
        wallNanoseconds: Int,
        isComplete: Bool
    ) {
        let duration = now.nanoseconds - exchange.startedAt.nanoseconds
        metrics.count(
            route: exchange.route?.number,
            method: exchange.head?.method,
            status: exchange.status,
            duration: duration
        )
        guard let onAccess else { return }
        onAccess(
            AccessRecord(
                head: exchange.head,
                route: exchange.route?.pattern.text,
                status: exchange.status,
                requestBodyBytes: exchange.requestBodyBytes,
                responseBytes: exchange.responseBytes,
                durationNanoseconds: duration,
                endedAtNanoseconds: wallNanoseconds,
                peer: exchange.client,
                id: exchange.id,
                isComplete: isComplete
            )
        )
    }
}
