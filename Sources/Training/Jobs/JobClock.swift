/// The two clocks that jobs are shown, passed in so that tests decide what they say.
public struct JobClock: Sendable {
    /// Seconds since 1970: when something happened.
    public var date: @Sendable () -> Double
    /// Seconds since any moment, never going back: how long something took.
    public var monotonic: @Sendable () -> Double

    /// Creates the pair.
    public init(
        date: @escaping @Sendable () -> Double,
        monotonic: @escaping @Sendable () -> Double
    ) {
        self.date = date
        self.monotonic = monotonic
    }
}
