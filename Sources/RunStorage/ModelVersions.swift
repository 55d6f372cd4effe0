internal import Synchronization
internal import Training

/// What the names of models mean, kept from the first time each was asked for until a checkpoint
/// comes or goes: an answer of half a millisecond should not wait for the database.
final class ModelVersions: Sendable {
    private struct State {
        var known: [String: [CheckpointRecord]] = [:]
        /// How often anything changed.
        var changes = 0
    }

    private let state = Mutex(State())

    private static let mostNames = 1_000

    /// What is known of a name, and the state of things that an answer from the database would be of.
    func find(_ name: String) -> (checkpoints: [CheckpointRecord]?, changes: Int) {
        state.withLock { ($0.known[name], $0.changes) }
    }

    /// Keeps what was read, unless something has changed since `changes` was read.
    func keep(_ checkpoints: [CheckpointRecord], of name: String, since changes: Int) {
        state.withLock { state in
            guard state.changes == changes else { return }
            if state.known.count >= Self.mostNames {
                state.known = [:]
            }
            state.known[name] = checkpoints
        }
    }

    /// Notes that a checkpoint has come or gone.
    func forget() {
        state.withLock { state in
            state.known = [:]
            state.changes += 1
        }
    }
}
