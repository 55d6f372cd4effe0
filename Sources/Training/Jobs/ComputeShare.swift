public import BackgroundQueues
internal import Synchronization

/// The cores of the machine, shared evenly among the jobs that run at the moment.
///
/// What a job computes does not depend on how many cores it has, so its share may change between
/// any two steps. With as many jobs as cores each has one, which wastes nothing on handing work to
/// and fro.
public final class ComputeShare: Sendable {
    private let whole: ComputePool
    private let running = Atomic(0)

    /// Shares `cores` cores.
    public init(cores: Int) {
        whole = ComputePool(width: cores, priority: .training)
    }

    /// How many cores there are to share.
    public var cores: Int { whole.width }

    /// One job's cores at the moment.
    public var pool: ComputePool {
        whole.limited(to: max(1, cores / max(1, running.load(ordering: .relaxed))))
    }

    func join() {
        running.add(1, ordering: .relaxed)
    }

    func leave() {
        running.subtract(1, ordering: .relaxed)
    }
}
