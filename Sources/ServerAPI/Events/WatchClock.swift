/// The time as it passes for those who watch jobs, passed in so that tests decide how it does.
package struct WatchClock: Sendable {
    /// What time it is.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Returns at that time; throws where the task is cancelled before.
    package var sleep: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void

    /// Joins the two.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        sleep: @escaping @Sendable (_ until: ContinuousClock.Instant) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's clock.
    package static let system = WatchClock(
        now: { .now },
        sleep: { try await Task.sleep(until: $0) }
    )
}
