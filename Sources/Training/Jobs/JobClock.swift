/// The clocks that jobs are shown, passed in so that tests decide what they say.
public struct JobClock: Sendable {
    /// Seconds since 1970: when something happened.
    public var date: @Sendable () -> Double
    /// Seconds since any moment, never going back: how long something took.
    public var monotonic: @Sendable () -> Double
    /// Returns after so many seconds, or when the task is cancelled.
    public var sleep: @Sendable (_ seconds: Double) async -> Void

    /// Creates the set.
    public init(
        date: @escaping @Sendable () -> Double,
        monotonic: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (_ seconds: Double) async -> Void = { seconds in
            try? await Task.sleep(for: .seconds(seconds))
        }
    ) {
        self.date = date
        self.monotonic = monotonic
        self.sleep = sleep
    }
}
