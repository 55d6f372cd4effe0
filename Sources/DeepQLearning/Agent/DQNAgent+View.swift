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

    /// The first environment's choice in the newest round of steps.
    public var lastChoice: AgentChoice? {
        guard let action = choice.action else { return nil }
        return AgentChoice(
            state: choice.state,
            action: action,
            qValues: values(in: 0, of: choice.firstRound)
        )
    }

    /// The values that the newest action of one environment was chosen by.
    public func latestValues(in environment: Int) -> [Float]? {
        values(in: environment, of: choice.round)
    }

    private func values(in environment: Int, of round: LatestChoice.Round) -> [Float]? {
        guard let row = round.greedy.firstIndex(of: environment) else { return nil }
        return Array(round.qValues[(row * actionCount)..<((row + 1) * actionCount)])
    }

    /// Experience is kept for each environment by itself.
    public var actsInAnyOrder: Bool { true }

    /// The bytes of the first environment's newest state.
    public func newestState() -> [UInt8] {
        replay.readNewestState(into: &stateBuffer)
        return Array(stateBuffer[..<replay.stateByteCount])
    }

    /// The Q-values of a state by the parameters that are acted with; nothing is drawn for them.
    public func qValues(of state: [UInt8], pool: ComputePool) -> [Float] {
        network.setMidpoints(in: &acting)
        return lane.qValues(
            of: state.span,
            count: 1,
            through: network,
            noise: noNoise,
            workspace: &acting,
            pool: pool
        )
    }

    /// What is known of the returns of each action in a state, shape (actions, numbers): see
    /// `ValueHead.distributions`.
    package func distributions(of state: [UInt8], pool: ComputePool) -> [Float]? {
        let function = try? QFunction(policySnapshot(), capacity: 1, workers: pool.width)
        return function?.answer(state.span, count: 1, pool: pool).distributions
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

    /// What is acted on at the moment: where a round of updates is under way, what was known before it.
    public func actingSnapshot() -> PolicySnapshot {
        guard let acting = lane.acting else { return policySnapshot() }
        return PolicySnapshot(
            function: .network(network.architecture, parameters: acting.parameters),
            head: hyperparameters.valueHead,
            agentSteps: counts.agentSteps,
            gradientUpdates: acting.updates
        )
    }

    /// Whether updates that are due are left for the next call of `learn`.
    public var isLearning: Bool { due != nil }

    /// How many of them.
    public var dueUpdates: Int { due?.count ?? 0 }

    /// The Q-values of some environments' newest states, shape (environments, actions).
    func qValues(of environments: [Int], pool: ComputePool) -> [Float] {
        guard !environments.isEmpty else { return [] }
        for (row, environment) in environments.enumerated() {
            replay.readNewestState(environment: environment, into: &stateBuffer, row: row)
        }
        let states = stateBuffer
        var fractions = [Float](repeating: 0, count: environments.count * network.fractionCount)
        network.drawFractions(&fractions, from: &actingGenerator, in: &acting)
        lane.draw(&actingNoise, from: &actingGenerator, pool: pool)
        return lane.qValues(
            of: states.span.extracting(..<(environments.count * replay.stateByteCount)),
            count: environments.count,
            through: network,
            noise: actingNoise,
            workspace: &acting,
            pool: pool
        )
    }

    /// What `lastChoice` is made from: noted with each step, in memory that is used again.
    struct LatestChoice {
        /// The environments of a round whose action is not a random one, and their values, one
        /// environment's after the other.
        typealias Round = (greedy: [Int], qValues: [Float])

        /// The first environment's.
        var state: [UInt8]
        /// The first environment's; nil before its first choice.
        var action: Int?
        /// The newest round.
        var round: Round = ([], [])
        /// The newest round that the first environment was in.
        var firstRound: Round = ([], [])

        init(stateByteCount: Int) {
            state = Array(repeating: 0, count: stateByteCount)
        }
    }
}
