public import BackgroundQueues
public import DeepQLearning
public import Environments
public import Frames

/// The agent in its worlds, step by step: Algorithm 1, lines 4 to 14 (Mnih and others 2015).
///
/// Where there are several worlds they are played at the same time, each an agent step of one round.
/// Without clock or randomness of its own. Not for use by two threads at once.
public final class TrainingLoop {
    /// What one round of steps brought, beside experience.
    public struct Outcome: Equatable, Sendable {
        /// The updates that were made, if any were due.
        public var learning: LearningSummary?
        /// The episodes that ended with this round, in the order of their worlds.
        public var episodes: [EpisodeSummary] = []
    }

    /// Who learns.
    public let agent: any Agent
    /// Frames of the emulated games so far.
    public private(set) var environmentFrames = 0
    /// Episodes ended so far.
    public private(set) var episodes = 0
    private let worlds: [World]

    /// One world, and where the agent is in it.
    private final class World {
        var environment: any Environment
        /// The newest observation: one frame.
        var frame: [UInt8]
        var lastMove: (action: Int, reward: Float)?
        var episodeReturn = 0.0
        var episodeLength = 0
        var mustBegin = true

        init(_ environment: any Environment) {
            self.environment = environment
            let size = environment.specification.observation.frameByteCount
            frame = Array(repeating: 0, count: size)
        }

        func reset() throws -> TimeStep {
            (episodeReturn, episodeLength, lastMove, mustBegin) = (0, 0, nil, false)
            var span = frame.mutableSpan
            return try environment.reset(into: &span)
        }

        func step(_ action: Int) throws -> TimeStep {
            var span = frame.mutableSpan
            let timeStep = try environment.step(action, into: &span)
            episodeReturn += Double(timeStep.reward)
            episodeLength += 1
            lastMove = (action, timeStep.reward)
            return timeStep
        }
    }

    /// Puts an agent into its worlds.
    public init(environments: [any Environment], agent: any Agent) {
        precondition(
            environments.count == agent.streamCount,
            "\(agent.streamCount) worlds are expected, got \(environments.count)"
        )
        self.agent = agent
        worlds = environments.map { World($0) }
    }

    /// The action that led to the first world's newest observation, and what it brought; nil at an
    /// episode's first frame.
    public var lastMove: (action: Int, reward: Float)? { worlds[0].lastMove }

    /// Chooses an action for every world, plays them, and learns what is to be learned.
    ///
    /// - Parameter pool: The cores to use; what happens is the same to the bit on any number.
    /// - Returns: What came of it.
    /// - Throws: Where an environment or the agent cannot go on.
    public func step(pool: ComputePool) throws -> Outcome {
        for (stream, world) in worlds.enumerated() where world.mustBegin {
            environmentFrames += try world.reset().environmentFrames
            agent.beginEpisode(world.frame.span, stream: stream)
        }
        let actions = agent.selectActions(pool: pool)
        if worlds.count > 1 {
            for (world, action) in zip(worlds, actions) {
                try world.environment.announce(action)
            }
        }
        var outcome = Outcome()
        for stream in worlds.indices {
            if let episode = try play(actions[stream], stream) {
                outcome.episodes.append(episode)
            }
        }
        outcome.learning = try agent.learn(pool: pool)
        return outcome
    }

    /// The first world's game as a person would see it.
    public func rendered() -> Frame? {
        worlds[0].environment.rendered()
    }

    /// Plays an action in one world, and returns the episode if it ended with it.
    private func play(_ action: Int, _ stream: Int) throws -> EpisodeSummary? {
        let world = worlds[stream]
        let timeStep = try world.step(action)
        environmentFrames += timeStep.environmentFrames
        agent.record(
            action: action,
            reward: timeStep.reward,
            isTerminal: timeStep.discount == 0,
            frame: world.frame.span,
            stream: stream
        )
        guard let end = timeStep.episodeEnd else { return nil }
        episodes += 1
        world.mustBegin = true
        return EpisodeSummary(
            number: episodes,
            episodeReturn: world.episodeReturn,
            length: world.episodeLength,
            isTruncated: end == .truncated
        )
    }
}
