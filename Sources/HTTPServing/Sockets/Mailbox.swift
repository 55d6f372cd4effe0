internal import CLinux
internal import Glibc
internal import Synchronization

/// Work for an event loop from anywhere else; wakes the loop where it sleeps.
struct Mailbox: ~Copyable, Sendable {
    typealias Job = @Sendable (EventLoop) -> Void

    // Not private: debug builds of Swift 6.3.1 fail on a private type in a noncopyable one.
    struct State {
        var jobs: [Job] = []
        var ownerSleeps = false
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Readable while the loop is to wake up.
    let alarm: Descriptor

    init() throws(HTTPServerError) {
        let number = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard number >= 0 else { throw .cannotPoll(reason: HTTPServerError.lastReason) }
        alarm = Descriptor(number)
    }

    /// Keeps a job until it is taken; false where nobody will take it any more.
    func post(_ job: @escaping Job) -> Bool {
        let (isTaken, mustWake) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            state.jobs.append(job)
            defer { state.ownerSleeps = false }
            return (true, state.ownerSleeps)
        }
        if mustWake { _ = eventfd_write(alarm.number, 1) }
        return isTaken
    }

    /// Takes no more jobs.
    /// - Returns: Those that are there.
    func close() -> [Job] {
        state.withLock { state in
            state.isClosed = true
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    /// All jobs there are; with none, the next one will ring the alarm.
    func take() -> [Job] {
        state.withLock { state in
            guard !state.jobs.isEmpty else {
                state.ownerSleeps = true
                return []
            }
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    func silenceAlarm() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(alarm.number, &count)
    }
}
