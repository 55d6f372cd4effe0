public import BackgroundQueues
internal import ExperienceReplay
internal import NeuralNetworks
internal import Tensors

extension DQNAgent {
    /// How often the next action is chosen at random.
    public var epsilon: Float {
        hyperparameters.exploration.epsilon(afterAgentSteps: counts.agentSteps)
    }

    /// Frames held for replay.
    public var replaySize: Int { replay.frameCount }

    /// In how many environments the agent acts at once.
    public var environmentCount: Int { hyperparameters.environmentCount }

    /// Returns when no update is being made.
    public func rest() {
        lane.wait()
    }

    /// The bytes of the first environment's newest state.
    public func newestState() -> [UInt8] {
        replay.readNewestState(into: &stateBuffer)
        return Array(stateBuffer[..<replay.stateByteCount])
    }

    /// The Q-values of the first environment's newest state.
    public func newestQValues(pool: ComputePool) -> [Float] {
        qValues(of: [0], pool: pool)
    }

    /// What is known now, to act on elsewhere: the updates under way are waited for.
    public func policySnapshot() -> PolicySnapshot {
        let newest = lane.newest
        return PolicySnapshot(
            function: .network(network.architecture, parameters: newest.parameters),
            head: hyperparameters.valueHead,
            agentSteps: counts.agentSteps,
            gradientUpdates: newest.updates
        )
    }

    /// The Q-values of some environments' newest states, shape (environments, actions).
    func qValues(of environments: [Int], pool: ComputePool) -> [Float] {
        guard !environments.isEmpty else { return [] }
        for (row, environment) in environments.enumerated() {
            replay.readNewestState(environment: environment, into: &stateBuffer, row: row)
        }
        let states = stateBuffer
        return lane.qValues(
            of: states.span.extracting(..<(environments.count * replay.stateByteCount)),
            count: environments.count,
            through: network,
            workspace: &acting,
            pool: pool
        )
    }
}
