/// When to look at which connection again: a ring of short spans of time, each with the keys that
/// are due in it.
///
/// A deadline that moves away costs nothing: the key is found too early, and scheduled again. So
/// the usual case, a request answered long before its deadline, never touches the wheel.
struct DeadlineWheel {
    private static let spanCount: Int64 = 64

    private let spanNanoseconds: Int64
    private var spans = [[UInt64]](repeating: [], count: Int(spanCount))
    /// Bit `n` is set while span `n` holds keys.
    private var occupied: UInt64 = 0
    /// All spans before this one have been emptied.
    private var nextTick: Int64

    /// A deadline may be noticed later by the length of a span.
    init(startingAt now: MonotonicTime, spanNanoseconds: Int64) {
        precondition(spanNanoseconds > 0, "span is \(spanNanoseconds) ns, expected more than 0")
        self.spanNanoseconds = spanNanoseconds
        nextTick = now.nanoseconds / spanNanoseconds
    }

    /// Puts a key where it comes up at `deadline`, or earlier where that is beyond the ring.
    /// - Returns: The tick at which it comes up.
    mutating func schedule(_ key: UInt64, at deadline: MonotonicTime) -> Int64 {
        let due = tick(for: deadline)
        let span = Int(due % Self.spanCount)
        spans[span].append(key)
        occupied |= 1 << UInt64(span)
        return due
    }

    /// The tick that ``schedule(_:at:)`` would choose.
    func tick(for deadline: MonotonicTime) -> Int64 {
        // Rounded up, so that what comes up is due.
        let exact = deadline.nanoseconds / spanNanoseconds + 1
        return min(max(exact, nextTick), nextTick + Self.spanCount - 1)
    }

    /// When a key comes up next.
    var nextDue: MonotonicTime? {
        guard occupied != 0 else { return nil }
        let start = UInt64(nextTick % Self.spanCount)
        let rotated = occupied >> start | (start == 0 ? 0 : occupied << (64 - start))
        let tick = nextTick + Int64(rotated.trailingZeroBitCount)
        return MonotonicTime(nanoseconds: tick * spanNanoseconds)
    }

    /// Takes out the keys of the next span that is over.
    mutating func takeDue(at now: MonotonicTime) -> (tick: Int64, keys: [UInt64])? {
        let current = now.nanoseconds / spanNanoseconds
        while nextTick <= current {
            guard occupied != 0 else {
                nextTick = current + 1
                return nil
            }
            let tick = nextTick
            let span = Int(tick % Self.spanCount)
            nextTick += 1
            guard !spans[span].isEmpty else { continue }
            let keys = spans[span]
            spans[span] = []
            occupied &= ~(1 << UInt64(span))
            return (tick, keys)
        }
        return nil
    }
}
