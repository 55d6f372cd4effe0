public import BackgroundQueues
public import DeepQLearning
public import Environments
internal import Frames
public import RandomNumbers

/// A policy at play without learning, in an environment of its own: nothing of the training moves.
public struct Evaluation {
    private var environment: any Environment
    private let policy: QFunction
    private let epsilon: Float
    private var generator: RandomGenerator
    private var frame: [UInt8]
    private var stack: FrameStack
    private var episode = Episode(episodeReturn: 0, length: 0)

    /// What came of one episode.
    public struct Episode: Equatable, Sendable {
        /// The sum of its unclipped rewards.
        public var episodeReturn: Double
        /// Its agent steps.
        public var length: Int
    }

    /// Prepares a policy to play.
    ///
    /// - Parameters:
    ///   - environment: An environment that nobody else plays in.
    ///   - policy: What gives Q-values.
    ///   - epsilon: How often an action is chosen at random.
    ///   - generator: Where those choices come from.
    public init(
        environment: any Environment,
        policy: QFunction,
        epsilon: Float,
        generator: RandomGenerator
    ) {
        self.environment = environment
        self.policy = policy
        self.epsilon = epsilon
        self.generator = generator
        let observation = environment.specification.observation
        frame = [UInt8](repeating: 0, count: observation.frameByteCount)
        stack = FrameStack(depth: observation.stack, frameByteCount: frame.count)
    }

    /// Begins an episode, whatever was before.
    public mutating func begin() throws {
        episode = Episode(episodeReturn: 0, length: 0)
        var frame = takeFrame()
        defer { self.frame = frame }
        try environment.reset(into: &frame)
        stack.begin(with: frame.span)
    }

    /// Plays one action of the episode that has begun.
    ///
    /// - Parameter pool: The cores to use.
    /// - Returns: The episode if it ended with this action.
    /// - Throws: Where the environment cannot go on.
    public mutating func step(pool: ComputePool) throws -> Episode? {
        let action = chooseAction(pool: pool)
        var frame = takeFrame()
        defer { self.frame = frame }
        let timeStep = try environment.step(action, into: &frame)
        stack.push(frame.span)
        episode.episodeReturn += Double(timeStep.reward)
        episode.length += 1
        return timeStep.episodeEnd == nil ? nil : episode
    }

    /// Plays one episode.
    ///
    /// - Parameters:
    ///   - pool: The cores to use.
    ///   - watch: Called after every step, and once before the first, with the environment as it is.
    /// - Returns: What came of it.
    /// - Throws: Where the environment cannot go on.
    public mutating func playEpisode(
        pool: ComputePool,
        watch: (any Environment) throws -> Void = { _ in }
    ) throws -> Episode {
        try begin()
        try watch(environment)
        while true {
            let end = try step(pool: pool)
            try watch(environment)
            if let end { return end }
        }
    }

    /// Plays `episodes` episodes and sums them up.
    public mutating func run(episodes: Int, pool: ComputePool) throws -> EvaluationSummary {
        var played: [Episode] = []
        for _ in 0..<episodes {
            played.append(try playEpisode(pool: pool))
        }
        return EvaluationSummary(played, epsilon: epsilon)
    }

    /// The frame's memory, moved out for the time in which it is written.
    private mutating func takeFrame() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &frame)
        return taken
    }

    private mutating func chooseAction(pool: ComputePool) -> Int {
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

extension EvaluationSummary {
    /// Sums up episodes that were played with `epsilon`.
    init(_ episodes: [Evaluation.Episode], epsilon: Float) {
        self.init(
            returns: episodes.map(\.episodeReturn),
            lengths: episodes.map(\.length),
            epsilon: epsilon
        )
    }
}
