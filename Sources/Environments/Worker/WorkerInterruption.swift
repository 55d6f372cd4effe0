internal import Synchronization

/// Lets others cut short a wait for a worker process that does not answer.
///
/// It is raised as long as somebody wants something of the worker's owner. A worker that answers in
/// time does not notice; one that has been silent for a second or more counts as hung and is ended.
public final class WorkerInterruption: Sendable {
    /// How long a worker may take to answer while somebody waits for its owner; most take 1 ms.
    static let answerSeconds = 1.0
    /// How long it may take to start meanwhile, which imports and loads.
    static let startSeconds = 3.0

    private let raised = Atomic(0)

    /// Creates one that nobody has raised.
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
