public import JSONFields

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
}

extension ExplorationSchedule: Settings {
    /// The schedule as users write it, among the other constants.
    public static let settings: [Setting<ExplorationSchedule>] = [
        .number(
            "initial_epsilon",
            \.initialEpsilon,
            in: 0...1,
            "ε, the share of random actions, until its decay starts.",
            source: "Mnih et al. 2015, Extended Data Table 1: initial exploration"
        ),
        .number(
            "final_epsilon",
            \.finalEpsilon,
            in: 0...1,
            "ε from the end of its decay on.",
            source: "Mnih et al. 2015, Extended Data Table 1: final exploration"
        ),
        .wholeNumber(
            "epsilon_decay_start_agent_steps",
            \.decayStartAgentSteps,
            in: .steps,
            unit: "agent steps",
            "How many steps are made before the decay starts.",
            source: "DeepMind's program counts from the first update"
        ),
        .wholeNumber(
            "epsilon_decay_agent_steps",
            \.decayAgentSteps,
            in: .steps,
            unit: "agent steps",
            "How many steps the decay takes, in a straight line.",
            source: "Mnih et al. 2015, Extended Data Table 1: final exploration frame"
        ),
    ]
}
