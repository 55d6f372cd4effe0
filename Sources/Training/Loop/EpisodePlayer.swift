internal import Environments
internal import Frames

/// One environment and the episode that is played in it, for training and evaluation alike.
///
/// An environment that fails, such as one whose worker process has died, cuts its episode as a
/// time-out: its last observation stands for the next, with no reward, and keeps its future. It is
/// made anew before the next episode.
final class EpisodePlayer {
    /// Makes the environment, which has failed `restart` times before.
    typealias Make = (_ restart: Int) throws -> any Environment

    /// The newest observation: one frame.
    private(set) var frame: [UInt8]
    /// The action that led there, and what it brought; nil at an episode's first frame.
    private(set) var lastMove: (action: Int, reward: Float)?
    /// The episode so far, or the one that has just ended.
    private(set) var episode = Episode()
    /// Whether an episode is to be begun before the next step.
    private(set) var mustBegin = true
    /// Nil where it is to be made before the next episode: it has failed, or was not made yet.
    private(set) var environment: (any Environment)?
    private(set) var restarts = RestartCount()
    private let make: Make?
    /// Why an announced action cannot be played.
    private var announcementFailure: EnvironmentError?
    /// Why the game that the episode was played in is not there to go on with.
    private(set) var lostGame: EnvironmentError?

    /// Plays in an environment that was made before.
    ///
    /// - Parameters:
    ///   - environment: Before its first episode.
    ///   - remake: Makes another where it has failed; nil lets the failure through.
    init(_ environment: any Environment, remake: Make?) {
        self.environment = environment
        make = remake
        let size = environment.specification.observation.frameByteCount
        frame = Array(repeating: 0, count: size)
    }

    /// Plays in an environment that is made with the first episode.
    init(frameByteCount: Int, make: @escaping Make) {
        self.make = make
        frame = Array(repeating: 0, count: frameByteCount)
    }

    /// Begins an episode, in an environment made anew where the last one has failed.
    ///
    /// - Parameter failures: Takes why the environment failed, if it did.
    /// - Returns: Nil where it failed: the next call makes another.
    /// - Throws: Where it has failed too often.
    func begin(failures: inout [String]) throws -> TimeStep? {
        (episode, lastMove, lostGame) = (Episode(), nil, nil)
        do {
            if environment == nil { environment = try make?(restarts.total) }
            var span = frame.mutableSpan
            let timeStep = try environment?.reset(into: &span)
            mustBegin = false
            return timeStep
        } catch let error as EnvironmentError {
            try note(error, in: &failures)
            return nil
        }
    }

    /// Lets a game that runs elsewhere begin to play an action; where it cannot, the step that follows
    /// fails.
    func announce(_ action: Int) {
        do throws(EnvironmentError) {
            try environment?.announce(action)
        } catch {
            announcementFailure = error
        }
    }

    /// Plays one action of the episode that has begun.
    ///
    /// - Parameters:
    ///   - action: The one that was announced, if any was.
    ///   - failures: Takes why the environment failed, if it did.
    /// - Returns: What came of it; a time-out where the environment failed.
    /// - Throws: Where it has failed too often.
    func step(_ action: Int, failures: inout [String]) throws -> TimeStep {
        let timeStep: TimeStep
        do throws(EnvironmentError) {
            timeStep = try play(action)
        } catch {
            try note(error, in: &failures)
            timeStep = TimeStep(episodeEnd: .truncated, environmentFrames: 0)
        }
        episode.episodeReturn += Double(timeStep.reward)
        episode.length += 1
        lastMove = (action, timeStep.reward)
        if timeStep.episodeEnd != nil {
            mustBegin = true
            if environment != nil { restarts.didEndEpisode() }
        }
        return timeStep
    }

    /// Gives up the episode where it is: nothing came of what was done last.
    func cut() {
        mustBegin = true
    }

    private func play(_ action: Int) throws(EnvironmentError) -> TimeStep {
        if let failure = announcementFailure {
            announcementFailure = nil
            throw failure
        }
        if let lostGame { throw lostGame }
        var span = frame.mutableSpan
        guard let timeStep = try environment?.step(action, into: &span) else {
            preconditionFailure("a step without an episode")
        }
        return timeStep
    }

    private func note(_ error: EnvironmentError, in failures: inout [String]) throws {
        guard make != nil else { throw error }
        try restarts.count(error)
        environment = nil
        failures.append("\(error)")
    }

    /// Goes on in the middle of an episode that another player has played so far.
    ///
    /// - Parameters:
    ///   - saved: Where that player was.
    ///   - frame: Its newest observation.
    ///   - game: The environment's snapshot; unused where that had failed.
    /// - Throws: Where the snapshot is another environment's.
    func goOn(from saved: Saved, frame: [UInt8], game: [UInt8]) throws(EnvironmentError) {
        if let reason = saved.unsaved {
            let id = environment?.specification.id ?? ""
            lostGame = .gameLost(id, reason: reason)
            environment = nil
        } else if saved.hasFailed {
            environment = nil
        } else {
            try environment?.restore(game)
        }
        self.frame = frame
        lastMove = saved.action.map { ($0, saved.reward ?? 0) }
        (episode, mustBegin, restarts) = (saved.episode, saved.mustBegin, saved.restarts)
    }
}
