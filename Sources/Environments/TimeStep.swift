/// What an environment answers to an action, beside the new frame.
public struct TimeStep: Equatable, Sendable {
    /// The reward as the game gives it; clipping is the learner's business.
    public var reward: Float

    /// 1 where the future counts, 0 where it does not.
    ///
    /// It does not after termination, nor after a lost life where that option is on. A time-out
    /// keeps 1, since the state it stops in has a future. The learner multiplies its γ in.
    public var discount: Float

    /// How the episode ended with this step; nil while it goes on, also after a lost life.
    public var episodeEnd: EpisodeEnd?

    /// Frames of the emulated game that the step took, those of a reset's first moves included.
    public var environmentFrames: Int

    /// Lives lost in this step; 0 in games without lives.
    public var livesLost: Int

    /// Why an episode is over.
    public enum EpisodeEnd: String, Codable, Equatable, Sendable {
        /// The game is over: nothing follows the last state.
        case terminated
        /// A limit on its length stopped it; the last state would have gone on. Where the game
        /// ends in the same step, that counts.
        case truncated
    }

    /// Creates an answer; by default one of a game without lives that goes on.
    public init(
        reward: Float = 0,
        discount: Float = 1,
        episodeEnd: EpisodeEnd? = nil,
        environmentFrames: Int = 1,
        livesLost: Int = 0
    ) {
        self.reward = reward
        self.discount = discount
        self.episodeEnd = episodeEnd
        self.environmentFrames = environmentFrames
        self.livesLost = livesLost
    }

    /// The answer of a game that may have ended by itself or reached its time limit.
    init(reward: Float, isOver: Bool, isTimeUp: Bool) {
        self.init(
            reward: reward,
            discount: isOver ? 0 : 1,
            episodeEnd: isOver ? .terminated : isTimeUp ? .truncated : nil
        )
    }
}
