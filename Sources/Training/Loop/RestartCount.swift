internal import Environments

/// Decides how often an environment that fails is made anew before its job fails.
struct RestartCount: Codable {
    /// Failures without an episode played to its end in between, after which it is given up.
    static let limit = 5

    /// Restarts so far, one under way included.
    private(set) var total = 0
    private var failuresInARow = 0

    /// Counts a failure, after which the environment is to be made anew.
    /// - Throws: `error` where the environment has failed too often in a row.
    mutating func count(_ error: EnvironmentError) throws(EnvironmentError) {
        switch error {
        // One that was not waited for, or cannot be saved, may well be healthy.
        case .workerInterrupted, .endpointInterrupted, .gameLost: break
        default: failuresInARow += 1
        }
        guard failuresInARow < Self.limit else { throw error }
        total += 1
    }

    /// Notes an episode played to its end: the failures before it were passing ones.
    mutating func didEndEpisode() {
        failuresInARow = 0
    }
}
