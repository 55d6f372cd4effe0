internal import JSONFields

/// ε over time: how often an action is chosen at random, falling in a straight line.
///
/// A function of the agent's own count of steps alone, so that pausing, resuming, or training for
/// longer than planned leaves it where it was.
public struct ExplorationSchedule: Equatable, Sendable {
    /// ε until the decay starts.
    public var initialEpsilon: Float = 1
    /// ε from the decay's end on.
    public var finalEpsilon: Float = 0.1
    /// Agent steps before the decay starts.
    public var decayStartAgentSteps = 50_000
    /// Agent steps the decay takes.
    public var decayAgentSteps = 1_000_000

    /// The paper's schedule, counted from the first update as DeepMind's program does.
    public init() {}

    /// Creates a schedule.
    public init(
        initialEpsilon: Float,
        finalEpsilon: Float,
        decayStartAgentSteps: Int,
        decayAgentSteps: Int
    ) {
        self.initialEpsilon = initialEpsilon
        self.finalEpsilon = finalEpsilon
        self.decayStartAgentSteps = decayStartAgentSteps
        self.decayAgentSteps = decayAgentSteps
    }

    /// ε for the action that follows `agentSteps` steps.
    public func epsilon(afterAgentSteps agentSteps: Int) -> Float {
        guard agentSteps > decayStartAgentSteps else { return initialEpsilon }
        guard agentSteps - decayStartAgentSteps < decayAgentSteps else { return finalEpsilon }
        let share = Double(agentSteps - decayStartAgentSteps) / Double(decayAgentSteps)
        return Float(Double(initialEpsilon) + share * Double(finalEpsilon - initialEpsilon))
    }

    mutating func read(_ fields: inout FieldReader) {
        fields.read("initial_epsilon", in: 0...1, into: &initialEpsilon)
        fields.read("final_epsilon", in: 0...1, into: &finalEpsilon)
        let steps = 0...DQNHyperparameters.longest
        fields.read("epsilon_decay_start_agent_steps", in: steps, into: &decayStartAgentSteps)
        fields.read("epsilon_decay_agent_steps", in: steps, into: &decayAgentSteps)
    }

    func write(to object: inout JSONObject) {
        object["initial_epsilon"] = .single(initialEpsilon)
        object["final_epsilon"] = .single(finalEpsilon)
        object["epsilon_decay_start_agent_steps"] = .integer(decayStartAgentSteps)
        object["epsilon_decay_agent_steps"] = .integer(decayAgentSteps)
    }
}
