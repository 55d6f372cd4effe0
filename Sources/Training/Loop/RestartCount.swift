internal import Environments

/// Decides how often an environment that fails is made anew before its job fails.
struct RestartCount: Codable {
    /// Failures without an episode played to its end in between, after which it is given up.
    static let limit = 5

    /// Restarts so far, those under way included.
    private(set) var total = 0
    /// Whether the environment is to be made anew before it is used again.
    private(set) var isDue = false
    private var failuresInARow = 0

    /// Asks for a restart.
    /// - Throws: `error` where the environment has failed too often in a row.
    mutating func request(after error: EnvironmentError) throws(EnvironmentError) {
        failuresInARow += 1
        guard failuresInARow < Self.limit else { throw error }
        total += 1
        isDue = true
    }

    /// Notes that the environment was made anew.
    mutating func didRestart() {
        isDue = false
    }

    /// Notes that the environment is well.
    mutating func didEndEpisode() {
        failuresInARow = 0
    }
}
