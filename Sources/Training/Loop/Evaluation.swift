public import BackgroundQueues
public import DeepQLearning
public import Environments
internal import Frames
public import RandomNumbers

/// A policy's episodes in an environment of their own, without learning: nothing of the training
/// changes.
///
/// Not for use by two threads at once.
public final class Evaluation {
    private let player: EpisodePlayer
    private let policy: QFunction
    private let epsilon: Float
    private let makeGenerator: (_ restart: Int) -> RandomGenerator
    private var generator: RandomGenerator
    private var generatorRestarts = 0
    private var stack: FrameStack
    /// The episodes played to their ends.
    package private(set) var episodes: [Episode] = []

    /// Prepares a policy to play.
    ///
    /// - Parameters:
    ///   - environment: An environment that nobody else plays in; where it fails, playing throws.
    ///   - policy: What gives Q-values.
    ///   - epsilon: How often an action is chosen at random.
    ///   - generator: Where those choices come from.
    public init(
        environment: any Environment,
        policy: QFunction,
        epsilon: Float,
        generator: RandomGenerator
    ) {
        player = EpisodePlayer(environment, remake: nil)
        self.policy = policy
        self.epsilon = epsilon
        self.generator = generator
        makeGenerator = { _ in generator }
        stack = FrameStack(of: environment.specification.observation)
    }

    /// Prepares a policy to play in an environment that is made with the first episode, and anew where
    /// it has failed: the episode that it fails in is played again.
    ///
    /// - Parameters:
    ///   - observation: What the environment shows.
    ///   - policy: What gives Q-values.
    ///   - epsilon: How often an action is chosen at random.
    ///   - streams: Where all randomness comes from that follows a restart.
    ///   - makeEnvironment: Makes the environment with its randomness.
    package init(
        observation: ObservationSpec,
        policy: QFunction,
        epsilon: Float,
        streams: @escaping (_ restart: Int) -> RandomStreams,
        makeEnvironment: @escaping (RandomGenerator) throws -> any Environment
    ) {
        player = EpisodePlayer(frameByteCount: observation.frameByteCount) { restart in
            try makeEnvironment(streams(restart).generator(named: "environment"))
        }
        self.policy = policy
        self.epsilon = epsilon
        makeGenerator = { restart in streams(restart).generator(named: "policy") }
        generator = makeGenerator(0)
        stack = FrameStack(of: observation)
    }

    /// What the episodes brought; there must be one.
    package var summary: EvaluationSummary {
        EvaluationSummary(
            returns: episodes.map(\.episodeReturn),
            lengths: episodes.map(\.length),
            epsilon: epsilon
        )
    }

    /// Plays one action, the first of the next episode where one has ended.
    ///
    /// - Parameters:
    ///   - pool: The cores to use.
    ///   - failures: Takes why the environment failed, if it did.
    /// - Throws: Where the environment has failed too often.
    package func step(pool: ComputePool, failures: inout [String]) throws {
        if player.mustBegin {
            guard try begin(failures: &failures) else { return }
        }
        let timeStep = try player.step(chooseAction(pool: pool), failures: &failures)
        let frame = player.frame
        stack.push(frame.span)
        if timeStep.episodeEnd != nil, player.environment != nil { episodes.append(player.episode) }
    }

    /// Plays one episode.
    ///
    /// - Parameters:
    ///   - pool: The cores to use.
    ///   - watch: Called after every step, and once before the first, with the environment as it is.
    /// - Returns: What came of it.
    /// - Throws: Where the environment has failed too often.
    @discardableResult
    public func playEpisode(
        pool: ComputePool,
        watch: (any Environment) throws -> Void = { _ in }
    ) throws -> Episode {
        var failures: [String] = []
        if try begin(failures: &failures), let environment = player.environment {
            try watch(environment)
        }
        let count = episodes.count
        while episodes.count == count {
            try step(pool: pool, failures: &failures)
            if let environment = player.environment { try watch(environment) }
        }
        return player.episode
    }

    /// Plays until there are `episodes` episodes and sums them up.
    public func run(episodes: Int, pool: ComputePool) throws -> EvaluationSummary {
        while self.episodes.count < episodes { try playEpisode(pool: pool) }
        return summary
    }

    /// Begins an episode.
    /// - Returns: Whether the environment did not fail.
    private func begin(failures: inout [String]) throws -> Bool {
        guard try player.begin(failures: &failures) != nil else { return false }
        if generatorRestarts != player.restarts.total {
            generatorRestarts = player.restarts.total
            generator = makeGenerator(generatorRestarts)
        }
        let frame = player.frame
        stack.begin(with: frame.span)
        return true
    }

    private func chooseAction(pool: ComputePool) -> Int {
        let exploratory = EpsilonGreedy.exploratoryAction(
            epsilon: epsilon,
            actionCount: policy.actionCount,
            using: &generator
        )
        if let exploratory { return exploratory }
        let values = policy.qValues(of: stack.bytes.span, count: 1, pool: pool)
        return EpsilonGreedy.greedyAction(values.span, using: &generator)
    }
}

extension FrameStack {
    /// A stack that makes states of an environment's frames.
    init(of observation: ObservationSpec) {
        self.init(depth: observation.stack, frameByteCount: observation.frameByteCount)
    }
}
