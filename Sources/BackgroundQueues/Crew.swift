internal import Dispatch
internal import Foundation
internal import Synchronization

/// Threads that help whoever calls with work to spread, and sleep where there is none.
///
/// A helper that has run out of work looks for more during `Precedence.patience`, giving way to every
/// other thread that wants its core, before it falls asleep: between the parts of one gradient step no
/// thread has to be woken, which costs 10 to 50 µs a time, and an idle crew uses no processor.
///
/// A caller never waits for a helper to come: it does all the work itself if none does.
final class Crew: Sendable {
    typealias Body = @Sendable (_ piece: Int, _ worker: Int) -> Void

    private let shared: CrewRoom

    /// Hires `helpers` threads.
    init(helpers: Int, precedence: Precedence) {
        shared = CrewRoom(jobs: max(8, helpers), patience: precedence.patience)
        for _ in 0..<helpers {
            Thread { [shared] in
                precedence.take()
                shared.help()
            }
            .start()
        }
    }

    deinit {
        shared.close()
    }

    /// Runs `body` for the pieces 0 ..< `count`, on the calling thread and at most `helpers` others.
    ///
    /// - Returns: False, with nothing done, where too many callers are at work already.
    func run(_ count: Int, helpers: Int, _ body: Body) -> Bool {
        guard let job = shared.jobs.first(where: { $0.claim() }) else { return false }
        withoutActuallyEscaping(body) { body in
            unsafe withUnsafePointer(to: body) { body in
                unsafe job.open(body, count: count, helpers: helpers)
                shared.call(helpers)
                job.work(worker: 0)
                // After this nobody holds the pointer.
                job.finish()
            }
        }
        return true
    }
}

/// What a crew and its helpers share.
private final class CrewRoom: Sendable {
    let jobs: [CrewJob]
    private let calls = Atomic(0)
    private let sleepers = Atomic(0)
    private let isClosed = Atomic(false)
    private let bell = DispatchSemaphore(value: 0)
    private let patience: Duration

    init(jobs: Int, patience: Duration) {
        self.patience = patience
        self.jobs = (0..<jobs).map { _ in CrewJob() }
    }

    /// Tells the helpers of a new job.
    func call(_ helpers: Int) {
        calls.wrappingAdd(1, ordering: .sequentiallyConsistent)
        for _ in 0..<helpers {
            guard takeSleeper() else { return }
            bell.signal()
        }
    }

    func close() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        while takeSleeper() {
            bell.signal()
        }
    }

    /// A helper's life.
    func help() {
        while !isClosed.load(ordering: .sequentiallyConsistent) {
            let seen = calls.load(ordering: .sequentiallyConsistent)
            var helped = false
            for job in jobs where job.help() {
                helped = true
            }
            if !helped && !waitsBriefly(after: seen) {
                sleep(after: seen)
            }
        }
    }

    /// Looks out for a call that is newer than `seen`; false if there was none.
    private func waitsBriefly(after seen: Int) -> Bool {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            if calls.load(ordering: .acquiring) != seen { return true }
            sched_yield()
        }
        return false
    }

    /// Sleeps until there is a call newer than `seen`.
    private func sleep(after seen: Int) {
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        let isLate =
            calls.load(ordering: .sequentiallyConsistent) != seen
            || isClosed.load(ordering: .sequentiallyConsistent)
        // Whoever takes this helper off the count also rings for it.
        if !isLate || !takeSleeper() {
            bell.wait()
        }
    }

    /// Takes one helper off the count of those asleep; false if there is none.
    private func takeSleeper() -> Bool {
        var count = sleepers.load(ordering: .sequentiallyConsistent)
        while count > 0 {
            let (taken, present) = sleepers.compareExchange(
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
