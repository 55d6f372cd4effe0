/// Why an environment cannot be made or does not go on.
public enum EnvironmentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No environment has this name.
    case unknownEnvironment(String, nearest: String?)

    /// It exists and cannot run here; the reason names what mends it.
    case unavailable(String, reason: String)

    /// All that is wrong with the options given for it.
    case invalidOptions(String, [OptionFault])

    /// Its state could not be written down.
    case snapshotNotWritten(String, reason: String)

    /// The game that was played is not there any more: its state could not be written down.
    case gameLost(String, reason: String)

    /// What was to be restored is no state of it.
    case snapshotNotRead(String, reason: String)

    /// The worker process could not be started.
    case workerNotStarted(reason: String)

    /// The worker process ended by itself; `output` is what it last printed.
    case workerExited(status: Int, output: String)

    /// The worker process was ended by a signal; `output` is what it last printed.
    case workerKilled(signal: Int, output: String)

    /// The worker process did not answer in time and was ended; `output` is what it last printed.
    case workerSilent(seconds: Double, output: String)

    /// The worker process had not answered yet when somebody waited for its owner, and was ended.
    case workerInterrupted(seconds: Double)

    /// The worker process answered what its protocol does not know, and was ended.
    case workerUnintelligible(reason: String)

    /// The worker process is well and could not do what was asked; its own words.
    case workerRefused(reason: String)

    /// The endpoint that an environment is did not give what it was asked for; the sentence says why.
    case endpointFailed(reason: String)

    /// The endpoint had not answered yet when somebody waited for the environment's owner.
    case endpointInterrupted(reason: String)

    /// What runs in the worker process, which is well, failed or did what it must not: a sentence
    /// that says what it did and what would be right.
    case environmentFailed(String, reason: String)

    /// One sentence a person can act on.
    public var description: String {
        switch self {
        case .unknownEnvironment(let id, let nearest):
            "unknown environment \"\(id)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
        case .unavailable(let id, let reason):
            "\(id) is not available here: \(reason)"
        case .invalidOptions(let id, let faults):
            "options of \(id): " + faults.map(\.description).joined(separator: "; ")
        case .snapshotNotWritten(let id, let reason):
            "the state of \(id) cannot be written: \(reason)"
        case .gameLost(let id, let reason):
            "the game of \(id) could not be gone on with: \(reason)"
        case .snapshotNotRead(let id, let reason):
            "no state of \(id) to go on from: \(reason)"
        case .workerNotStarted(let reason):
            "the worker process cannot be started: \(reason)"
        case .workerExited(let status, let output):
            "the worker process ended with status \(status)" + lastWords(output)
        case .workerKilled(let signal, let output):
            "the worker process was ended by signal \(signal)" + lastWords(output)
        case .workerSilent(let seconds, let output):
            "the worker process did not answer within \(seconds) s and was ended"
                + lastWords(output)
        case .workerInterrupted(let seconds):
            "the worker process was ended, it had been silent for "
                + "\((seconds * 10).rounded() / 10) s and its job was waited for"
        case .workerUnintelligible(let reason):
            "the worker process does not speak its protocol and was ended: \(reason)"
        case .workerRefused(let reason):
            "the worker process could not do it: \(reason)"
        case .endpointFailed(let reason), .endpointInterrupted(let reason):
            reason
        case .environmentFailed(let id, let reason):
            "\(id): \(reason)"
        }
    }

    private func lastWords(_ output: String) -> String {
        output.isEmpty ? "" : ", its last words: \(output)"
    }
}

/// One option that is wrong.
public struct OptionFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The key as it was given.
    public let option: String

    /// What is wrong with it, naming what would be right.
    public let message: String

    /// Creates the fault of one option.
    public init(option: String, message: String) {
        self.option = option
        self.message = message
    }

    /// The key and what is wrong with it.
    public var description: String {
        "\"\(option)\" \(message)"
    }
}
