internal import Synchronization

/// Tells once of each block of events that cannot be read; readers go on behind it.
final class DamageReport: Sendable {
    private let tell: @Sendable (String) -> Void
    private let told = Mutex<Set<Int>>([])

    init(_ tell: @escaping @Sendable (String) -> Void) {
        self.tell = tell
    }

    /// What `body` makes of a block; nil where it cannot be read.
    func reading<Result>(
        _ block: EventBlockRow,
        _ body: () throws(RunStorageError) -> Result
    ) -> Result? {
        do throws(RunStorageError) {
            return try body()
        } catch {
            if told.withLock({ $0.insert(block.firstNumber).inserted }) {
                tell("events from number \(block.firstNumber) on are left out: \(error)")
            }
            return nil
        }
    }
}
