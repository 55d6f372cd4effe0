internal import Glibc
internal import Synchronization

/// One caller's work, used again and again.
///
/// `body` and `count` are written by the caller that claimed the job, before it lets helpers in, and
/// read by those who came in, for all of whom it waits at the end.
@safe final class CrewJob: @unchecked Sendable {
    private let isClaimed = Atomic(false)
    /// How many helpers may still come in.
    private let places = Atomic(0)
    /// Pieces taken from the front, and those taken from the back times 2³².
    private let taken = Atomic<UInt>(0)
    private let left = Atomic(0)
    private var body: UnsafePointer<Crew.Body>?
    private var count = 0
    private var helpers = 0

    func claim() -> Bool {
        !isClaimed.load(ordering: .relaxed)
            && isClaimed.compareExchange(expected: false, desired: true, ordering: .acquiring)
                .exchanged
    }

    /// Lets helpers in.
    @unsafe
    func open(_ body: UnsafePointer<Crew.Body>, count: Int, helpers: Int) {
        unsafe self.body = body
        self.count = count
        self.helpers = helpers
        taken.store(0, ordering: .relaxed)
        left.store(0, ordering: .relaxed)
        places.store(helpers, ordering: .releasing)
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

    /// Comes in, if there is a place, and works; false if there was none.
    func help() -> Bool {
        var free = places.load(ordering: .relaxed)
        while free > 0 {
            let (entered, present) = places.compareExchange(
                expected: free,
                desired: free - 1,
                ordering: .acquiring
            )
            if entered {
                work(worker: helpers - free + 1)
                left.wrappingAdd(1, ordering: .releasing)
                return true
            }
            free = present
        }
        return false
    }

    /// Lets nobody in any more, waits for those inside, and gives the job back.
    func finish() {
        let inside = helpers - places.exchange(0, ordering: .acquiringAndReleasing)
        while left.load(ordering: .acquiring) < inside {
            sched_yield()
        }
        unsafe body = nil
        isClaimed.store(false, ordering: .releasing)
    }
}
