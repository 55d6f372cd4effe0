internal import Synchronization

/// Lets others cut short a wait for a worker process that does not answer.
///
/// Whoever wants something of a worker's owner raises it meanwhile. A worker that answers in time
/// does not notice; one that has been silent for a second or more is taken for hung.
public final class WorkerInterruption: Sendable {
    /// How long a worker may take to answer while somebody waits for its owner; most take 1 ms.
    static let answerPatienceSeconds = 1.0
    /// How long it may take to start meanwhile, which imports and loads.
    static let startPatienceSeconds = 3.0

    private let raised = Atomic(0)

    /// Nobody waits yet.
    public init() {}

    /// Notes that somebody waits for the worker's owner.
    public func raise() {
        raised.add(1, ordering: .relaxed)
    }

    /// Notes that somebody waits no more.
    public func lower() {
        raised.subtract(1, ordering: .relaxed)
    }

    var isRaised: Bool { raised.load(ordering: .relaxed) > 0 }
}
