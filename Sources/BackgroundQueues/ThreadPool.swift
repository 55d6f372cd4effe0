internal import Dispatch
internal import Foundation
internal import Synchronization

/// Worker threads that run the jobs of whoever calls, and sleep while there are none.
///
/// An idle worker spins for `ThreadPriority.spinDuration`, yielding its core to every other thread
/// that wants it, before it sleeps: between the parts of one gradient step no thread has to be woken,
/// which costs 10 to 50 µs a time, and an idle pool uses no processor.
///
/// A caller never waits for a worker to start: it does all the work itself if none does.
final class ThreadPool: Sendable {
    typealias Body = @Sendable (_ piece: Int, _ worker: Int) -> Void

    private let queue: JobQueue

    init(workers: Int, priority: ThreadPriority) {
        queue = JobQueue(slots: max(8, workers), spinDuration: priority.spinDuration)
        for _ in 0..<workers {
            Thread { [queue] in
                priority.applyToThread()
                queue.work()
            }
            .start()
        }
    }

    deinit {
        queue.close()
    }

    /// Runs `body` for the pieces 0 ..< `count`, on the calling thread and at most `workers` others.
    ///
    /// - Returns: False, with nothing done, where too many callers are at work already.
    func run(_ count: Int, workers: Int, _ body: Body) -> Bool {
        guard let job = queue.jobs.first(where: { $0.claim() }) else { return false }
        withoutActuallyEscaping(body) { body in
            unsafe withUnsafePointer(to: body) { body in
                unsafe job.open(body, count: count, workers: workers)
                queue.wake(workers)
                job.work(worker: 0)
                // After this nobody holds the pointer.
                job.finish()
            }
        }
        return true
    }
}

/// The jobs of a pool and its sleeping workers, shared by the pool and its threads, which outlive it
/// for a moment.
private final class JobQueue: Sendable {
    let jobs: [ThreadPoolJob]
    /// How often workers were woken, by which a worker sees that it has missed a job.
    private let wakeUps = Atomic(0)
    private let sleeping = Atomic(0)
    private let isClosed = Atomic(false)
    private let semaphore = DispatchSemaphore(value: 0)
    private let spinDuration: Duration

    init(slots: Int, spinDuration: Duration) {
        self.spinDuration = spinDuration
        jobs = (0..<slots).map { _ in ThreadPoolJob() }
    }

    /// Tells up to `workers` workers of a new job, spinning ones first.
    func wake(_ workers: Int) {
        wakeUps.wrappingAdd(1, ordering: .sequentiallyConsistent)
        for _ in 0..<workers {
            guard takeSleeping() else { return }
            semaphore.signal()
        }
    }

    /// Ends the threads.
    func close() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        while takeSleeping() {
            semaphore.signal()
        }
    }

    /// What each thread runs until the pool is closed.
    func work() {
        while !isClosed.load(ordering: .sequentiallyConsistent) {
            let seen = wakeUps.load(ordering: .sequentiallyConsistent)
            var hasWorked = false
            for job in jobs where job.join() {
                hasWorked = true
            }
            if !hasWorked && !spins(after: seen) {
                sleep(after: seen)
            }
        }
    }

    /// Spins until there is a job newer than `seen`; false if none came.
    private func spins(after seen: Int) -> Bool {
        let end = ContinuousClock.now + spinDuration
        while ContinuousClock.now < end {
            if wakeUps.load(ordering: .acquiring) != seen { return true }
            sched_yield()
        }
        return false
    }

    /// Sleeps until there is a job newer than `seen`.
    private func sleep(after seen: Int) {
        sleeping.wrappingAdd(1, ordering: .sequentiallyConsistent)
        let isLate =
            wakeUps.load(ordering: .sequentiallyConsistent) != seen
            || isClosed.load(ordering: .sequentiallyConsistent)
        // Whoever decrements `sleeping` for this worker also signals the semaphore, this worker itself
        // excepted.
        if !isLate || !takeSleeping() {
            semaphore.wait()
        }
    }

    /// Decrements `sleeping`; false if it is 0.
    private func takeSleeping() -> Bool {
        var count = sleeping.load(ordering: .sequentiallyConsistent)
        while count > 0 {
            let (taken, present) = sleeping.compareExchange(
                expected: count,
                desired: count - 1,
                ordering: .sequentiallyConsistent
            )
            if taken { return true }
            count = present
        }
        return false
    }
}
