public import BackgroundQueues
public import DeepQLearning
public import Environments
public import Frames
internal import Synchronization

/// The agent in its environments, step by step: Algorithm 1, lines 4 to 14.
///
/// Mnih et al. 2015. Where there are several environments they are played at the same time, each an
/// agent step of one round. Without clock or randomness of its own. Not for use by two threads at
/// once.
public final class TrainingLoop {
    /// What one round of steps brought, beside experience; nothing before its updates are made.
    public struct Outcome: Codable, Equatable, Sendable {
        /// The updates that were made, if any were due.
        public var learning: LearningSummary?
        /// The episodes that ended with this round, in the order of their environments.
        public var episodes: [EpisodeSummary] = []
        /// Why environments failed in this round; each is made anew, its episode cut as a time-out.
        public var failures: [String] = []
    }

    /// Makes an environment anew: which one, and how often it has failed.
    public typealias Remake = (_ number: Int, _ restart: Int) throws -> any Environment

    /// Who learns.
    public let agent: any Agent
    /// Frames of the emulated games so far.
    public internal(set) var environmentFrames = 0
    /// Episodes ended so far.
    public internal(set) var episodes = 0
    let players: [EpisodePlayer]
    /// What a round has brought whose updates were interrupted.
    var unfinished: Outcome?
    /// Held while the agent acts or learns, and not while environments are waited for.
    private let agentTurn = Mutex(())

    /// Puts an agent into its environments.
    ///
    /// - Parameters:
    ///   - environments: Before their first episodes, as many as the agent acts in.
    ///   - agent: Who learns.
    ///   - remake: Makes another environment where one has failed; nil lets the failure through.
    public init(
        environments: [any Environment],
        agent: any Agent,
        remake: Remake? = nil
    ) {
        precondition(
            environments.count == agent.environmentCount,
            "\(agent.environmentCount) environments are expected, got \(environments.count)"
        )
        self.agent = agent
        players = environments.enumerated().map { number, environment in
            EpisodePlayer(
                environment,
                remake: remake.map { remake in { restart in try remake(number, restart) } }
            )
        }
    }

    /// How often an environment failed and was made anew, or is to be.
    var environmentRestarts: Int { players.reduce(0) { $0 + $1.restarts.total } }

    /// What the action that led to the first environment's newest observation brought; nil at an
    /// episode's first frame.
    public var lastReward: Float? { players[0].lastMove?.reward }

    /// Chooses an action for every environment, plays them, and learns what is to be learned; where
    /// learning was interrupted, it goes on with that alone.
    ///
    /// - Parameter pool: The cores to use; what happens is the same to the bit on any number.
    /// - Returns: What came of it.
    /// - Throws: Where an environment or the agent cannot go on.
    public func step(pool: ComputePool) throws -> Outcome {
        var outcome = Outcome()
        if agent.isLearning { return try finish(unfinished ?? outcome, pool: pool) }
        for (stream, player) in players.enumerated() where player.mustBegin {
            try beginEpisode(stream, failures: &outcome.failures)
        }
        let actions = agentTurn.withLock { _ in agent.selectActions(pool: pool) }
        if players.count > 1 {
            for (player, action) in zip(players, actions) {
                player.announce(action)
            }
        }
        for stream in players.indices {
            if let episode = try play(actions[stream], stream, failures: &outcome.failures) {
                outcome.episodes.append(episode)
            }
        }
        return try finish(outcome, pool: pool)
    }

    /// Makes the updates that are due after a round, which may be interrupted.
    private func finish(_ outcome: Outcome, pool: ComputePool) throws(AgentError) -> Outcome {
        var outcome = outcome
        outcome.learning = try agentTurn.withLock { _ throws(AgentError) in
            try agent.learn(pool: pool)
        }
        unfinished = agent.isLearning ? outcome : nil
        return agent.isLearning ? Outcome() : outcome
    }

    /// The updates that are due after what clients have done; see `TrainingLoop+Clients.swift`.
    func noteDueUpdates() throws(AgentError) -> LearningSummary? {
        try agentTurn.withLock { _ throws(AgentError) in try agent.noteDueUpdates() }
    }

    /// Makes updates that are due, until somebody calls.
    func learnForClients(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        try agentTurn.withLock { _ throws(AgentError) in try agent.learn(pool: pool) }
    }

    /// The values of a state, by what is acted on at the moment.
    func qValues(of state: [UInt8], pool: ComputePool) -> [Float] {
        agentTurn.withLock { _ in agent.qValues(of: state, pool: pool) }
    }

    /// What is to be done in some environments, and why.
    func chooseActions(in environments: [Int], pool: ComputePool) -> [ClientAction] {
        guard !environments.isEmpty else { return [] }
        return agentTurn.withLock { _ in
            let actions = agent.selectActions(in: environments, pool: pool)
            return zip(environments, actions).map { environment, action in
                let values = agent.latestValues(in: environment)
                return ClientAction(action: action, isExploring: values == nil, qValues: values)
            }
        }
    }

    /// Takes in the updates under way, when there will be no more steps, with what is left to be told.
    func finishLearning() throws(AgentError) -> Outcome {
        var outcome = unfinished ?? Outcome()
        unfinished = nil
        outcome.learning = try agentTurn.withLock { _ throws(AgentError) in
            try agent.finishLearning()
        }
        return outcome
    }

    /// What is acted on at the moment; this may be asked for by another thread than that which steps,
    /// and waits for an update under way at most.
    func actingSnapshot() -> PolicySnapshot {
        agentTurn.withLock { _ in agent.actingSnapshot() }
    }

    /// The first environment's game as a person would see it.
    public func rendered() -> Frame? {
        players[0].environment?.rendered()
    }

    /// Begins an episode in one environment, and shows the agent its first frame.
    func beginEpisode(_ stream: Int, failures: inout [String]) throws {
        let player = players[stream]
        try begin(player, failures: &failures)
        agentTurn.withLock { _ in
            let frame = player.frame
            agent.beginEpisode(frame.span, environment: stream)
        }
    }

    /// Begins an episode, in one environment after the other where they fail.
    private func begin(_ player: EpisodePlayer, failures: inout [String]) throws {
        while true {
            guard let timeStep = try player.begin(failures: &failures) else { continue }
            environmentFrames += timeStep.environmentFrames
            return
        }
    }

    /// Plays an action in one environment, and returns the episode if it ended with it.
    func play(
        _ action: Int,
        _ stream: Int,
        failures: inout [String]
    ) throws -> EpisodeSummary? {
        let player = players[stream]
        let timeStep = try player.step(action, failures: &failures)
        environmentFrames += timeStep.environmentFrames
        agentTurn.withLock { _ in
            let frame = player.frame
            agent.record(
                action: action,
                reward: timeStep.reward,
                isTerminal: timeStep.discount == 0,
                frame: frame.span,
                environment: stream
            )
        }
        return timeStep.episodeEnd.map { summary(of: player, isTruncated: $0 == .truncated) }
    }

    /// Counts an episode that has ended.
    func summary(of player: EpisodePlayer, isTruncated: Bool) -> EpisodeSummary {
        episodes += 1
        return EpisodeSummary(
            number: episodes,
            episodeReturn: player.episode.episodeReturn,
            length: player.episode.length,
            isTruncated: isTruncated
        )
    }
}
