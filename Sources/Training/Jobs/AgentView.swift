public import Frames

/// The newest choice of an agent: the state it saw, the values it gave its actions, and the action it
/// chose in that state.
///
/// After a restart, before the next step, it is the newest state, and no action is chosen yet.
public struct AgentView: Equatable, Sendable {
    /// The state as the agent gets it, oldest frame first; empty where its observations are no
    /// pictures.
    public var observations: [Frame]
    /// The game as a person would see it, one step on: with what the action led to.
    public var rendered: Frame?
    /// A Q-value for every action: those that a greedy action was chosen by, or of now where it was a
    /// random one.
    public var qValues: [Float]
    /// What each action does.
    public var actionNames: [String]
    /// The action that was chosen; nil where none is yet.
    public var action: Int?
    /// Whether it was chosen as the best; nil where none is yet.
    public var isGreedy: Bool?
    /// What that action brought.
    public var reward: Float?
    /// Actions chosen so far.
    public var agentSteps: Int
}
