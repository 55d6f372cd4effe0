public import Dispatch
internal import Glibc

/// Which threads the kernel runs first where there are fewer cores than threads that want one.
///
/// Training keeps every core busy for ever; an answer takes a fraction of a millisecond, and should
/// not wait until the kernel ends the time slice of a thread that trains.
public enum ThreadPriority: Sendable {
    /// What a thread has that nobody changes.
    case usual
    /// Behind every thread of usual priority, of this program and of others.
    case training

    /// The quality of service of a queue of this priority: queues of one priority share threads that
    /// serve no other, because a thread without privileges cannot raise its priority again.
    public var qualityOfService: DispatchQoS {
        switch self {
        case .usual: .unspecified
        case .training: .utility
        }
    }

    /// How long an idle worker spins before it sleeps.
    ///
    /// Between two updates an environment is played for some milliseconds, and a core that has fallen
    /// asleep by then, a virtual one above all, is late for the next.
    var spinDuration: Duration {
        switch self {
        case .usual: .microseconds(100)
        case .training: .milliseconds(2)
        }
    }

    /// Gives the calling thread this priority; one that trains cannot go back to the usual one.
    public func applyToThread() {
        switch self {
        case .usual: break
        // On Linux a niceness is the thread's own: setpriority(2), "C library/kernel differences".
        case .training: setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
        }
    }
}
