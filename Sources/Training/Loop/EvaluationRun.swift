internal import BackgroundQueues
internal import Environments

/// An evaluation under way, step by step, so that others are heard in the middle of an episode.
struct EvaluationRun {
    private let episodes: Int
    private let epsilon: Float
    private let make: (_ restart: Int) throws -> Evaluation
    /// Nil before the first step and where the environment has failed.
    private var evaluation: Evaluation?
    private var played: [Evaluation.Episode] = []
    private var mustBegin = true
    private var restarts = RestartCount()

    /// - Parameters:
    ///   - episodes: How many are played.
    ///   - epsilon: How often an action is chosen at random.
    ///   - make: Puts the policy into an environment, which has failed `restart` times before.
    init(episodes: Int, epsilon: Float, make: @escaping (_ restart: Int) throws -> Evaluation) {
        self.episodes = episodes
        self.epsilon = epsilon
        self.make = make
    }

    /// What one step brought.
    enum Outcome {
        /// The episodes go on.
        case goesOn
        /// The environment failed and will be made anew; its episode is played once more.
        case failed(reason: String)
        /// All episodes were played.
        case isOver(EvaluationSummary)
    }

    /// Plays one action, of the next episode where one has ended.
    mutating func step(pool: ComputePool) throws -> Outcome {
        let episode: Evaluation.Episode?
        do {
            episode = try playAction(pool: pool)
        } catch let error as EnvironmentError {
            try restarts.request(after: error)
            (evaluation, mustBegin) = (nil, true)
            return .failed(reason: "\(error)")
        }
        guard let episode else { return .goesOn }
        played.append(episode)
        mustBegin = true
        restarts.didEndEpisode()
        guard played.count == episodes else { return .goesOn }
        return .isOver(EvaluationSummary(played, epsilon: epsilon))
    }

    private mutating func playAction(pool: ComputePool) throws -> Evaluation.Episode? {
        var evaluation = try self.evaluation ?? make(restarts.total)
        // Not held twice while it plays: its buffers are not to be copied at every step.
        self.evaluation = nil
        if mustBegin {
            try evaluation.begin()
            mustBegin = false
        }
        let episode = try evaluation.step(pool: pool)
        self.evaluation = evaluation
        return episode
    }
}
