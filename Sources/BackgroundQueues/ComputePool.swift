/// The cores that one computation may use: spreads numbered pieces of work over them and waits.
///
/// The pieces are handed out one by one, so a core that is held up elsewhere takes fewer of them.
/// What a piece computes must depend on its number alone, never on the pool's width; then the
/// result is the same to the bit on any number of cores.
public struct ComputePool: Sendable {
    /// How many pieces run at the same time, the caller's own thread included.
    public let width: Int
    private let threads: ThreadPool?

    /// Creates a pool over `width` cores, with one thread less than that: the caller is the other.
    ///
    /// - Parameters:
    ///   - width: How many pieces run at the same time.
    ///   - priority: That of the pool's threads; the caller's keeps its own.
    public init(width: Int, priority: ThreadPriority = .usual) {
        precondition(width > 0, "a pool needs at least one core, got \(width)")
        let threads = width > 1 ? ThreadPool(workers: width - 1, priority: priority) : nil
        self.init(width: width, threads: threads)
    }

    private init(width: Int, threads: ThreadPool?) {
        self.width = width
        self.threads = threads
    }

    /// A part of this pool: the same threads, of which at most `width` are used at a time.
    public func limited(to width: Int) -> ComputePool {
        precondition(width > 0, "a pool needs at least one core, got \(width)")
        return ComputePool(width: min(width, self.width), threads: threads)
    }

    /// Runs `body` for the pieces 0 ..< `count`, in any order, and returns when all have ended.
    ///
    /// - Parameters:
    ///   - count: How many pieces there are.
    ///   - body: Called with the piece's number and that of the worker, 0 ..< `width`, that it runs
    ///     on. Pieces on one worker never overlap, so scratch memory can be kept per worker.
    public func forEach(_ count: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
        let workers = min(width, count)
        if workers > 1, let threads, threads.run(count, workers: workers - 1, body) { return }
        for piece in 0..<count {
            body(piece, 0)
        }
    }
}
