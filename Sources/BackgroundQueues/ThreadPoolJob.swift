internal import Glibc
internal import Synchronization

/// A slot for one caller's job, used again and again.
///
/// `body` and `count` are written by the caller that claimed the slot, before any worker can join, and
/// read by the workers that joined, all of whom the caller waits for at the end.
@safe final class ThreadPoolJob: @unchecked Sendable {
    private let isClaimed = Atomic(false)
    /// How many workers may still join.
    private let openings = Atomic(0)
    /// Pieces taken from the front, and those taken from the back times 2³².
    private let taken = Atomic<UInt>(0)
    private let finished = Atomic(0)
    private var body: UnsafePointer<ThreadPool.Body>?
    private var count = 0
    private var workers = 0

    func claim() -> Bool {
        !isClaimed.load(ordering: .relaxed)
            && isClaimed.compareExchange(expected: false, desired: true, ordering: .acquiring)
                .exchanged
    }

    /// Lets workers join.
    @unsafe
    func open(_ body: UnsafePointer<ThreadPool.Body>, count: Int, workers: Int) {
        unsafe self.body = body
        self.count = count
        self.workers = workers
        taken.store(0, ordering: .relaxed)
        finished.store(0, ordering: .relaxed)
        openings.store(workers, ordering: .releasing)
    }

    /// Runs pieces as long as there are any.
    ///
    /// Every other worker begins at the back, so that of work that is done again and again in the
    /// same pieces each core meets much the same ones, whose memory it has in its cache.
    func work(worker: Int) {
        guard let body = unsafe body?.pointee else { return }
        let isAtBack = worker % 2 == 1
        while true {
            let before = taken.wrappingAdd(isAtBack ? 1 << 32 : 1, ordering: .relaxed).oldValue
            let (front, back) = (Int(before & 0xFFFF_FFFF), Int(before >> 32))
            guard front + back < count else { return }
            body(isAtBack ? count - 1 - back : front, worker)
        }
    }

    /// Joins the job, if it wants another worker, and works until no piece is left; false if it does
    /// not.
    func join() -> Bool {
        var free = openings.load(ordering: .relaxed)
        while free > 0 {
            let (joined, present) = openings.compareExchange(
                expected: free,
                desired: free - 1,
                ordering: .acquiring
            )
            if joined {
                work(worker: workers - free + 1)
                finished.wrappingAdd(1, ordering: .releasing)
                return true
            }
            free = present
        }
        return false
    }

    /// Lets no more workers join, waits for those that did, and gives the slot back.
    func finish() {
        let joined = workers - openings.exchange(0, ordering: .acquiringAndReleasing)
        while finished.load(ordering: .acquiring) < joined {
            sched_yield()
        }
        unsafe body = nil
        isClaimed.store(false, ordering: .releasing)
    }
}
