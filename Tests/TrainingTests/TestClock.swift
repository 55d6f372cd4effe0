import Synchronization
import Training

/// A clock whose waits take no time: sleeping moves it on, and then tells of it.
final class TestClock: Sendable {
    private struct State {
        var asleep = 0.0
        var sleeps = 0
    }

    private let state = Mutex(State())
    /// Called after each wait with the number of waits so far.
    private let afterSleep: @Sendable (_ sleeps: Int) async -> Void

    init(afterSleep: @escaping @Sendable (_ sleeps: Int) async -> Void = { _ in }) {
        self.afterSleep = afterSleep
    }

    /// Seconds spent in waits.
    var asleepSeconds: Double { state.withLock { $0.asleep } }

    var clock: JobClock {
        JobClock(
            date: JobClock.real.date,
            monotonic: { JobClock.real.monotonic() + self.asleepSeconds },
            sleep: { seconds in
                let sleeps = self.state.withLock { state in
                    state.asleep += seconds
                    state.sleeps += 1
                    return state.sleeps
                }
                await self.afterSleep(sleeps)
            }
        )
    }
}
