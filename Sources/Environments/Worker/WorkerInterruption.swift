internal import Synchronization

/// Lets others cut short a wait for a worker process that does not answer.
///
/// It is raised as long as somebody waits for the worker's owner. A worker that answers in time does
/// not notice; one that has been silent for a while is ended, and its episode with it.
public final class WorkerInterruption: Sendable {
    /// How long a worker may be silent while somebody waits for its owner; most take 1 ms to answer,
    /// and 300 ms to start.
    static let answerSeconds = 0.6

    private let raised = Atomic(0)
    private let abandoned = Atomic(false)

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

    /// Notes for good that nobody needs what workers answer any more.
    public func abandon() {
        abandoned.store(true, ordering: .relaxed)
    }

    /// How long a worker may be silent at the moment; nil for as long as its program says.
    var patienceSeconds: Double? {
        if abandoned.load(ordering: .relaxed) { return 0 }
        return raised.load(ordering: .relaxed) > 0 ? Self.answerSeconds : nil
    }
}
