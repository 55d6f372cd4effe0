public import Frames

/// What an agent sees at one moment, and what it thinks of it.
public struct AgentView: Equatable, Sendable {
    /// The newest state as the agent gets it, oldest frame first; empty where its observations are
    /// no pictures.
    public var observations: [Frame]
    /// The game as a person would see it.
    public var rendered: Frame?
    /// A Q-value for every action of the newest state.
    public var qValues: [Float]
    /// What each action does.
    public var actionNames: [String]
    /// The action that led here; nil at an episode's first frame.
    public var action: Int?
    /// What that action brought.
    public var reward: Float?
    /// Actions chosen so far.
    public var agentSteps: Int
}
