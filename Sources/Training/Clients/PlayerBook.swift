internal import Environments

/// The players of a job and where each is: a value without clock, lock or network.
///
/// A player is one client with one or more agents. Each agent of a player that is learned from has a
/// seat, one of the job's environments, until the player leaves or its lease runs out.
package struct PlayerBook: Sendable {
    /// A player.
    package struct Player: Sendable {
        package let id: String
        let name: String?
        let mode: PlayerMode
        /// The seats of its agents; empty where it is not learned from.
        package let seats: [Int]
        var agents: [Agent]
        /// The number of its newest call that was taken.
        package var sequence = 0
        /// What its newest call told, until that is answered.
        var call: PendingCall?
        /// The newest answer, for whoever asks again.
        var answer: ClientAnswer?
        /// When its lease runs out.
        var deadline: Double
        package var statistics = PlayerStatistics()
    }

    /// Where an agent is in its episode.
    package struct Agent: Equatable, Sendable {
        /// Whether its next observation follows an action.
        var isPlaying = false
        /// Whether it was told which.
        var isTold = false
        var episodeReturn = 0.0
    }

    /// A call that is not answered.
    package struct PendingCall: Sendable {
        let call: ClientCall
        let arrivedAt: Double
        /// Whether the loop has it.
        var isTaken = false
    }

    /// What becomes of a call.
    package enum Outcome: Equatable {
        /// It was answered before.
        case answered(ClientAnswer)
        /// Its answer will come.
        case waits
    }

    static let playerLimit = 1024

    let seatCount: Int
    let leaseSeconds: Double
    package private(set) var players: [String: Player] = [:]
    private var freeSeats: [Int]
    /// Seats whose episodes are to be cut: their player has left in the midst of them.
    private var abandoned: [Int] = []
    private var made = 0
    /// How many calls wait to be taken by the loop.
    package private(set) var waitingCount = 0

    package init(seatCount: Int, leaseSeconds: Double) {
        self.seatCount = seatCount
        self.leaseSeconds = leaseSeconds
        freeSeats = Array(0..<seatCount)
    }

    /// Takes in a player.
    package mutating func join(
        job: String,
        name: String?,
        mode: PlayerMode,
        agentCount: Int,
        at time: Double
    ) throws(ClientError) -> Player {
        expire(at: time)
        guard players.count < Self.playerLimit else {
            throw .tooManyPlayers(limit: Self.playerLimit)
        }
        let needed = mode == .train ? agentCount : 0
        guard freeSeats.count >= needed else {
            throw .noSeats(asked: agentCount, free: freeSeats.count, all: seatCount)
        }
        let seats = Array(freeSeats.prefix(needed))
        freeSeats.removeFirst(needed)
        made += 1
        let player = Player(
            id: "\(job)-\(made)",
            name: name,
            mode: mode,
            seats: seats,
            agents: Array(repeating: Agent(), count: agentCount),
            deadline: time + leaseSeconds
        )
        players[player.id] = player
        return player
    }

    /// Lets a player go; its episodes are cut as time-outs.
    package mutating func leave(_ id: String) throws(ClientError) {
        guard let player = players.removeValue(forKey: id) else { throw .noPlayer(id) }
        if player.call?.isTaken == false { waitingCount -= 1 }
        for (agent, seat) in zip(player.agents, player.seats) where agent.isPlaying {
            abandoned.append(seat)
        }
        freeSeats = (freeSeats + player.seats).sorted()
    }

    /// Lets those go that were not heard within their lease.
    package mutating func expire(at time: Double) {
        let gone = players.values.filter { $0.deadline < time && $0.call == nil }
        for player in gone {
            try? leave(player.id)
        }
    }

    /// Gives every player its whole lease from now on: nobody could be heard before.
    package mutating func renewLeases(at time: Double) {
        for id in players.keys { players[id]?.deadline = time + leaseSeconds }
    }

    /// Takes in a call.
    package mutating func post(
        _ call: ClientCall,
        sequence: Int,
        of id: String,
        at time: Double
    ) throws(ClientError) -> Outcome {
        expire(at: time)
        guard var player = players[id] else { throw .noPlayer(id) }
        player.deadline = time + leaseSeconds
        defer { if players[id] != nil { players[id] = player } }
        if let answer = player.answer, answer.sequence == sequence { return .answered(answer) }
        if player.call != nil, sequence == player.sequence { return .waits }
        guard player.call == nil else { throw .busy(sequence: player.sequence) }
        guard sequence == player.sequence + 1 else {
            throw .outOfTurn(sequence: sequence, expected: player.sequence + 1)
        }
        for (number, steps) in call.steps.enumerated() {
            var agent = player.agents[number]
            for (index, step) in steps.enumerated() {
                let place = "/agents/\(number)" + (call.wantsActions ? "" : "/\(index)")
                try Self.check(step, at: place, follows: agent)
                agent.note(step)
            }
        }
        player.sequence = sequence
        player.call = PendingCall(call: call, arrivedAt: time)
        waitingCount += 1
        return .waits
    }

    private static func check(
        _ step: ClientStep,
        at place: String,
        follows agent: Agent
    ) throws(ClientError) {
        guard agent.isPlaying, !step.isReset else {
            if let end = step.end {
                throw .wrongStep(
                    place: "\(place)/\(end.rawValue)",
                    reason: "must be false: this observation begins an episode"
                )
            }
            if step.reward ?? 0 != 0 || step.actionTaken != nil {
                throw .wrongStep(
                    place: place + (step.actionTaken != nil ? "/action_taken" : "/reward"),
                    reason: "must be left out: this observation begins an episode, no action "
                        + "led to it"
                )
            }
            return
        }
        if step.reward == nil {
            throw .wrongStep(
                place: "\(place)/reward",
                reason: "is missing: it says what the last action brought; an episode that is "
                    + "begun anew says \"reset\": true"
            )
        }
        if step.actionTaken == nil, !agent.isTold {
            throw .wrongStep(
                place: "\(place)/action_taken",
                reason: "is missing: this agent was not told what to do"
            )
        }
    }

    /// What the loop has to deal with: calls in the order they came, and seats whose episodes are cut.
    package mutating func take(at time: Double) -> (calls: [Player], abandoned: [Int]) {
        expire(at: time)
        let waiting = players.values.filter { $0.call?.isTaken == false }
            .sorted { ($0.call?.arrivedAt ?? 0, $0.id) < ($1.call?.arrivedAt ?? 0, $1.id) }
        for player in waiting { players[player.id]?.call?.isTaken = true }
        waitingCount = 0
        defer { abandoned = [] }
        return (waiting, abandoned)
    }

    /// Notes what a player's agents are to do.
    package mutating func answer(_ id: String, _ answer: ClientAnswer, at time: Double) {
        guard var player = players[id], let pending = player.call else { return }
        var stepCount = 0
        for (number, steps) in pending.call.steps.enumerated() {
            for step in steps {
                if player.agents[number].note(step) { stepCount += 1 }
                if step.end != nil {
                    player.statistics.countEpisode(player.agents[number].episodeReturn)
                }
            }
            player.agents[number].isTold = answer.actions[number]?.action != nil
        }
        player.statistics.countCall(steps: stepCount, at: time)
        player.statistics.countAnswer(after: time - pending.arrivedAt)
        player.call = nil
        player.answer = answer
        player.deadline = time + leaseSeconds
        players[id] = player
    }

    /// Gives back the calls that the loop has not taken: their players may come again with them.
    /// - Parameter player: Whose call; nil for everybody's.
    /// - Returns: The players.
    package mutating func giveBackCalls(of player: String? = nil) -> [String] {
        let ids = players.values.filter { $0.call?.isTaken == false && player ?? $0.id == $0.id }
            .map(\.id)
        for id in ids {
            players[id]?.call = nil
            players[id]?.sequence -= 1
        }
        waitingCount -= ids.count
        return ids
    }
}

extension PlayerBook.Agent {
    /// Goes on by a step.
    /// - Returns: Whether an action led to it.
    @discardableResult
    mutating func note(_ step: ClientStep) -> Bool {
        let isOutcome = isPlaying && !step.isReset
        episodeReturn = isOutcome ? episodeReturn + Double(step.reward ?? 0) : 0
        (isPlaying, isTold) = (step.end == nil, false)
        return isOutcome
    }
}
