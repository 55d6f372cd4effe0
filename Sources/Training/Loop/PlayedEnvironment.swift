internal import Environments
internal import Frames

/// One environment that is trained in, and where the agent is in it.
///
/// An environment that fails in an episode, such as one whose worker process has died, cuts that
/// episode as a time-out: its last observation stands for the next, with no reward, and keeps its
/// future. It is made anew before the next episode.
final class PlayedEnvironment {
    /// The newest observation: one frame.
    var frame: [UInt8]
    /// The action that led there, and what it brought.
    var lastMove: (action: Int, reward: Float)?
    /// The unclipped rewards of the episode so far.
    var episodeReturn = 0.0
    /// The agent steps of the episode so far.
    var episodeLength = 0
    /// Whether an episode is to be begun before the next step.
    var mustBegin = true
    var environment: any Environment
    private let remake: ((_ restart: Int) throws -> any Environment)?
    var restarts = RestartCount()
    /// Why an announced action cannot be played.
    private var announcementFailure: EnvironmentError?

    init(
        _ environment: any Environment,
        remake: ((_ restart: Int) throws -> any Environment)?
    ) {
        self.environment = environment
        self.remake = remake
        let size = environment.specification.observation.frameByteCount
        frame = Array(repeating: 0, count: size)
    }

    /// The game as a person would see it.
    func rendered() -> Frame? {
        environment.rendered()
    }

    /// Begins an episode, in another environment where this one has failed.
    func begin(failures: inout [String]) throws -> TimeStep {
        while true {
            do {
                if restarts.isDue, let remake {
                    environment = try remake(restarts.total)
                    restarts.didRestart()
                }
                (episodeReturn, episodeLength, lastMove) = (0, 0, nil)
                var span = frame.mutableSpan
                let timeStep = try environment.reset(into: &span)
                mustBegin = false
                return timeStep
            } catch let error as EnvironmentError {
                try note(error, in: &failures)
            }
        }
    }

    /// Lets a game that runs elsewhere begin to play an action; where it cannot, the step that follows
    /// fails.
    func announce(_ action: Int) {
        do throws(EnvironmentError) {
            try environment.announce(action)
        } catch {
            announcementFailure = error
        }
    }

    /// Plays one action.
    func step(_ action: Int, failures: inout [String]) throws -> TimeStep {
        let timeStep: TimeStep
        do throws(EnvironmentError) {
            if let failure = announcementFailure { throw failure }
            var span = frame.mutableSpan
            timeStep = try environment.step(action, into: &span)
        } catch {
            announcementFailure = nil
            try note(error, in: &failures)
            timeStep = TimeStep(episodeEnd: .truncated, environmentFrames: 0)
        }
        episodeReturn += Double(timeStep.reward)
        episodeLength += 1
        lastMove = (action, timeStep.reward)
        if timeStep.episodeEnd != nil {
            mustBegin = true
            if !restarts.isDue { restarts.didEndEpisode() }
        }
        return timeStep
    }

    private func note(_ error: EnvironmentError, in failures: inout [String]) throws {
        guard remake != nil else { throw error }
        try restarts.request(after: error)
        failures.append("\(error)")
    }
}
