/// A moment of a clock that never goes back, in nanoseconds since an arbitrary start.
///
/// The event loop reads the clock once a turn and hands it to everything that keeps a deadline.
struct MonotonicTime: Sendable, Comparable {
    var nanoseconds: Int64

    static let distantFuture = Self(nanoseconds: .max)

    static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    static func + (time: Self, duration: Duration) -> Self {
        Self(nanoseconds: time.nanoseconds + duration.wholeNanoseconds)
    }

    static func - (later: Self, earlier: Self) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

extension Duration {
    /// Rounded towards zero; durations here are far below the 292 years that fit.
    var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
