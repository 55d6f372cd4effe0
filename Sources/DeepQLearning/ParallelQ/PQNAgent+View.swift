public import BackgroundQueues
internal import NeuralNetworks

extension PQNAgent {
    /// How often the next action is chosen at random.
    public var epsilon: Float {
        hyperparameters.exploration.epsilon(afterAgentSteps: counts.agentSteps)
    }

    /// Steps held until the next updates: a frame each.
    public var replaySize: Int { rollout.count * environmentCount }

    /// In how many environments the agent acts at once.
    public var environmentCount: Int { hyperparameters.environmentCount }

    /// Whether the updates of a rollout were interrupted.
    public var isLearning: Bool { due != nil }

    /// Nothing is computed in the background.
    public func rest() {}

    /// The first environment's choice in the newest round of steps.
    public var lastChoice: AgentChoice? { choice }

    /// The bytes of the first environment's newest state.
    public func newestState() -> [UInt8] { Array(newest[..<stateByteCount]) }

    /// The Q-values of a state.
    public func qValues(of state: [UInt8], pool: ComputePool) -> [Float] {
        qValues(of: state, count: 1, pool: pool)
    }

    /// The Q-values of states, shape (count, actions).
    func qValues(of states: [UInt8], count: Int, pool: ComputePool) -> [Float] {
        learner.online.qValues(
            of: states.span,
            count: count,
            through: network,
            noise: noNoise,
            workspace: &acting,
            pool: pool
        )
    }

    /// What is known now, to act on elsewhere.
    public func policySnapshot() -> PolicySnapshot {
        PolicySnapshot(
            function: .network(network.architecture, parameters: learner.online.parameterArray),
            agentSteps: counts.agentSteps,
            gradientUpdates: counts.gradientUpdates
        )
    }
}
