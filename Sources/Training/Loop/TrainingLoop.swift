public import BackgroundQueues
public import DeepQLearning
public import Environments
public import Frames

/// The agent in its world, step by step: Algorithm 1, lines 4 to 14 (Mnih and others 2015).
///
/// Without clock or randomness of its own. Not for use by two threads at once.
public final class TrainingLoop {
    /// What one step brought, beside experience.
    public struct Outcome: Equatable, Sendable {
        /// The updates that were made, if any were due.
        public var learning: LearningSummary?
        /// The episode that ended with this step.
        public var episode: EpisodeSummary?
    }

    /// Who learns.
    public let agent: any Agent
    /// Frames of the emulated game so far.
    public private(set) var environmentFrames = 0
    /// Episodes ended so far.
    public private(set) var episodes = 0
    /// The newest observation: one frame.
    public private(set) var frame: [UInt8]
    /// The action that led to it, and what it brought; nil at an episode's first frame.
    public private(set) var lastMove: (action: Int, reward: Float)?
    private var environment: any Environment
    private var episodeReturn = 0.0
    private var episodeLength = 0
    private var mustBegin = true

    /// Puts an agent into a world.
    public init(environment: any Environment, agent: any Agent) {
        self.environment = environment
        self.agent = agent
        frame = Array(repeating: 0, count: environment.specification.observation.frameByteCount)
    }

    /// Chooses an action, plays it, and learns what is to be learned.
    ///
    /// - Parameter pool: The cores to use; what happens is the same to the bit on any number.
    /// - Returns: What came of it.
    /// - Throws: Where the environment or the agent cannot go on.
    public func step(pool: ComputePool) throws -> Outcome {
        if mustBegin {
            try beginEpisode()
        }
        let action = agent.selectAction(pool: pool)
        let timeStep = try play(action)
        environmentFrames += timeStep.environmentFrames
        episodeReturn += Double(timeStep.reward)
        episodeLength += 1
        lastMove = (action, timeStep.reward)
        agent.record(
            action: action,
            reward: timeStep.reward,
            isTerminal: timeStep.discount == 0,
            frame: frame.span
        )
        var outcome = Outcome(learning: try agent.learn(pool: pool))
        if let end = timeStep.episodeEnd {
            outcome.episode = endEpisode(isTruncated: end == .truncated)
        }
        return outcome
    }

    /// The game as a person would see it.
    public func rendered() -> Frame? {
        environment.rendered()
    }

    private func beginEpisode() throws {
        var span = frame.mutableSpan
        let timeStep = try environment.reset(into: &span)
        environmentFrames += timeStep.environmentFrames
        agent.beginEpisode(frame.span)
        (episodeReturn, episodeLength, lastMove, mustBegin) = (0, 0, nil, false)
    }

    private func play(_ action: Int) throws -> TimeStep {
        var span = frame.mutableSpan
        return try environment.step(action, into: &span)
    }

    private func endEpisode(isTruncated: Bool) -> EpisodeSummary {
        episodes += 1
        mustBegin = true
        return EpisodeSummary(
            number: episodes,
            episodeReturn: episodeReturn,
            length: episodeLength,
            isTruncated: isTruncated
        )
    }
}
