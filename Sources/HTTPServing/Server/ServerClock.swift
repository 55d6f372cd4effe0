internal import Glibc

/// Where a server's times come from.
struct ServerClock: Sendable {
    /// Never goes back; deadlines and durations.
    let now: @Sendable () -> MonotonicTime
    /// The time of day in nanoseconds since 1970; `Date` fields.
    let wallNanoseconds: @Sendable () -> Int

    static let system = ServerClock(
        now: {
            var time = timespec()
            _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            return MonotonicTime(
                nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
            )
        },
        wallNanoseconds: {
            var time = timespec()
            _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
    )
}

/// The `Date` field, written once a second (RFC 9110 §6.6.1).
struct DateField {
    private(set) var bytes: [UInt8] = []
    private var staleAt = MonotonicTime(nanoseconds: .min)
    /// How far the time of day is from the monotonic time.
    private var offsetNanoseconds = 0

    mutating func refresh(_ clock: ServerClock, at now: MonotonicTime) {
        guard now >= staleAt else { return }
        let wall = clock.wallNanoseconds()
        offsetNanoseconds = wall - Int(now.nanoseconds)
        bytes.removeAll(keepingCapacity: true)
        bytes.append("Date: ")
        HTTPDate(secondsSinceEpoch: wall / 1_000_000_000).append(to: &bytes)
        bytes.append("\r\n")
        staleAt = now.advanced(by: Int64(1_000_000_000 - wall % 1_000_000_000))
    }

    /// The time of day, told without another look at its clock.
    func wallNanoseconds(at now: MonotonicTime) -> Int {
        offsetNanoseconds + Int(now.nanoseconds)
    }
}
