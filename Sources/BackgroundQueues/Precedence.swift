public import Dispatch
internal import Glibc

/// Who goes first where there are fewer cores than threads that want one.
///
/// Training would keep every core busy for ever; an answer takes a fraction of a millisecond, and
/// should not wait until the kernel ends a trainer's turn.
public enum Precedence: Sendable {
    /// As every thread.
    case usual
    /// After every thread that does not train, of this program and of others.
    case training

    /// That of a queue: those of one precedence run on threads of their own, because a thread without
    /// privileges that has stepped back stays so.
    public var qualityOfService: DispatchQoS {
        switch self {
        case .usual: .unspecified
        case .training: .utility
        }
    }

    /// How long a helper without work looks out for more before it sleeps.
    ///
    /// Between two updates an environment is played for some milliseconds, and a core that has fallen
    /// asleep by then, a virtual one above all, is late for the next.
    var patience: Duration {
        switch self {
        case .usual: .microseconds(100)
        case .training: .milliseconds(2)
        }
    }

    /// Gives the calling thread this precedence.
    public func take() {
        switch self {
        case .usual: break
        // On Linux a niceness is the thread's own: setpriority(2), "C library/kernel differences".
        case .training: setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
        }
    }
}
