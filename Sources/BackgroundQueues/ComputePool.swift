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

    /// Runs `body` for the pieces 0 ..< `count`, in any order, and returns when all have ended.
    ///
    /// - Parameters:
    ///   - count: How many pieces there are.
    ///   - body: Called with the piece's number and that of the worker, 0 ..< `width`, that it runs
    ///     on. Pieces on one worker never overlap, so scratch memory can be kept per worker.
    public func forEach(_ count: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
        let workers = min(width, count)
        guard workers > 1 else {
            for piece in 0..<count {
                body(piece, 0)
            }
            return
        }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            while true {
                let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard piece < count else { return }
                body(piece, worker)
            }
        }
    }
}
