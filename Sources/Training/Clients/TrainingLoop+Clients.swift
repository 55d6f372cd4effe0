package import BackgroundQueues
internal import DeepQLearning
internal import Environments
internal import Frames

/// The loop where clients play: whoever has called is acted for, and learning goes on behind.
extension TrainingLoop {
    /// The calls that have come and their answers, or what is left of the updates; waits a while where
    /// there is neither.
    ///
    /// Actions come first. Updates that are due are made while nobody waits, or when they lag too far
    /// behind.
    /// - Parameters:
    ///   - clients: Who plays.
    ///   - seconds: How long calls are waited for at most.
    ///   - pool: The cores to use.
    /// - Returns: What came of it.
    /// - Throws: Where the agent cannot go on.
    package func step(
        with clients: ClientSeats,
        waitingAtMost seconds: Double,
        pool: ComputePool
    ) throws -> [Outcome] {
        var outcomes: [Outcome] = []
        let mayAct = agent.dueUpdates < clients.table.maximumLagUpdates
        if mayAct {
            let outcome = try actForClients(clients, pool: pool)
            if let outcome { outcomes.append(outcome) }
            guard outcome == nil || agent.isLearning else { return outcomes }
            if !agent.isLearning { clients.table.waitForCalls(seconds: seconds) }
        }
        if agent.isLearning, !mayAct || !clients.table.isCalled {
            var outcome = Outcome()
            outcome.learning = try learnForClients(pool: pool)
            outcomes.append(outcome)
        }
        return outcomes
    }

    /// Takes in what came and answers it.
    /// - Returns: Nil where nothing came.
    private func actForClients(_ clients: ClientSeats, pool: ComputePool) throws -> Outcome? {
        let (calls, abandoned) = clients.table.take()
        guard !calls.isEmpty || !abandoned.isEmpty else { return nil }
        var outcome = Outcome()
        for seat in abandoned {
            if let episode = cut(seat) { outcome.episodes.append(episode) }
        }
        var acting: [Int] = []
        for player in calls {
            guard let call = player.call?.call else { continue }
            for (seat, steps) in zip(player.seats, call.steps) {
                for step in steps { try take(step, from: seat, clients, &outcome) }
                if call.wantsActions, let last = steps.last, last.end == nil { acting.append(seat) }
            }
        }
        outcome.learning = try noteDueUpdates()
        acting.sort()
        let actions = chooseActions(in: acting, pool: pool)
        let chosen = Dictionary(uniqueKeysWithValues: zip(acting, actions))
        for call in calls {
            let answer = ClientAnswer(
                sequence: call.sequence,
                parametersVersion: agent.counts.gradientUpdates,
                actions: call.mode == .train
                    ? clients.answers(to: call, chosen)
                    : clients.evaluations(of: call) { qValues(of: $0, pool: pool) }
            )
            clients.table.answer(call.id, answer)
        }
        return outcome
    }

    /// Takes in what one agent told.
    private func take(
        _ step: ClientStep,
        from seat: Int,
        _ clients: ClientSeats,
        _ outcome: inout Outcome
    ) throws {
        let player = players[seat]
        clients.seats[seat].step = step
        if player.mustBegin || step.isReset || step.reward == nil {
            // Whoever was here before has left in the middle of an episode.
            if let episode = cut(seat) { outcome.episodes.append(episode) }
            return try beginEpisode(seat, failures: &outcome.failures)
        }
        let action = step.actionTaken ?? clients.actions[seat]
        if let episode = try play(action, seat, failures: &outcome.failures) {
            outcome.episodes.append(episode)
        }
    }

    /// Ends an episode that will not go on: its last observation keeps its future, and no step is
    /// recorded that was not made.
    private func cut(_ seat: Int) -> EpisodeSummary? {
        let player = players[seat]
        guard !player.mustBegin else { return nil }
        player.cut()
        guard player.episode.length > 0 else { return nil }
        return summary(of: player, isTruncated: true)
    }

    /// Cuts the episodes that were played when the job was written down: nobody goes on with them.
    func cutLostEpisodes() {
        for seat in players.indices where players[seat].lostGame != nil { _ = cut(seat) }
    }
}

/// Where the players of a job sit, as the loop sees them.
///
/// For one thread at a time.
package final class ClientSeats {
    package let table: ClientTable
    package let seats: [ClientSeat]
    /// What each seat's agent was told to do last.
    private(set) var actions: [Int]
    /// The states of agents that are not learned from, by player.
    private var watched: [String: [FrameStack]] = [:]

    package init(_ table: ClientTable, count: Int) {
        self.table = table
        seats = (0..<count).map { _ in ClientSeat() }
        actions = Array(repeating: 0, count: count)
    }

    /// What the agents of a player are to do that is learned from.
    func answers(
        to call: PlayerBook.Player,
        _ chosen: [Int: ClientAction]
    ) -> [ClientAction?] {
        guard let told = call.call?.call else { return [] }
        return zip(call.seats, told.steps).map { seat, steps in
            guard told.wantsActions, !steps.isEmpty else { return nil }
            guard let action = chosen[seat] else {
                return ClientAction(action: nil, isExploring: false, qValues: nil)
            }
            if let number = action.action { actions[seat] = number }
            return action
        }
    }

    /// What the agents of a player are to do that is only played with: the best that is known.
    func evaluations(
        of call: PlayerBook.Player,
        qValues: ([UInt8]) -> [Float]
    ) -> [ClientAction?] {
        var stacks = watched.removeValue(forKey: call.id) ?? begin(to: call)
        let answers = call.call?.call.steps.enumerated().map { number, steps -> ClientAction? in
            guard let step = steps.last else { return nil }
            if call.agents[number].isPlaying, !step.isReset {
                stacks[number].push(step.frame)
            } else {
                stacks[number].begin(with: step.frame)
            }
            guard step.end == nil else {
                return ClientAction(action: nil, isExploring: false, qValues: nil)
            }
            let values = qValues(stacks[number].bytes)
            let best = values.indices.max { values[$0] < values[$1] } ?? 0
            return ClientAction(action: best, isExploring: false, qValues: values)
        }
        watched[call.id] = stacks
        return answers ?? []
    }

    /// Room for the states of a player that calls for the first time; those that have left give up
    /// theirs.
    private func begin(to call: PlayerBook.Player) -> [FrameStack] {
        let players = Set(table.players.map(\.id))
        watched = watched.filter { players.contains($0.key) }
        return call.agents.map { _ in FrameStack(of: table.specification.observation) }
    }
}
