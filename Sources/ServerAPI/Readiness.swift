internal import Synchronization

/// Whether the server is to be sent requests: true until it is told to end.
public final class Readiness: Sendable {
    private let ready = Atomic(true)

    /// Ready from the beginning.
    public init() {}

    /// Whether the server is to be sent requests.
    public var isReady: Bool { ready.load(ordering: .relaxed) }

    /// From now on the server is not to be sent requests.
    public func end() {
        ready.store(false, ordering: .relaxed)
    }
}
