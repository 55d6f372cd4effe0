internal import Dispatch
internal import Synchronization

/// The cores that one computation may use: spreads numbered pieces of work over them and waits.
///
/// The pieces are handed out one by one, so a core that is held up elsewhere takes fewer of them.
/// What a piece computes must depend on its number alone, never on the pool's width; then the
/// result is the same to the bit on any number of cores.
public struct ComputePool: Sendable {
    /// How many pieces run at the same time, the caller's own thread included.
    public let width: Int

    /// Creates a pool over `width` cores.
    public init(width: Int) {
        precondition(width > 0, "a pool needs at least one core, got \(width)")
        self.width = width
    }

    /// Runs `body(0)` … `body(count - 1)`, in any order, and returns when all have ended.
    public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        let workers = min(width, count)
        guard workers > 1 else {
            for index in 0..<count {
                body(index)
            }
            return
        }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index)
            }
        }
    }
}
