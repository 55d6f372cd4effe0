import Environments
import Testing
import Training

/// Players come, call and go: who is where, and what is refused.
@Suite(.timeLimit(.minutes(5))) struct PlayerBookTests {
    private var book = PlayerBook(seatCount: 3, leaseSeconds: 10)

    private static func step(
        _ reward: Float? = nil,
        _ end: TimeStep.EpisodeEnd? = nil,
        taken: Int? = nil,
        reset: Bool = false
    ) -> ClientCall {
        ClientCall([
            [ClientStep(frame: [], reward: reward, end: end, actionTaken: taken, isReset: reset)]
        ])
    }

    /// Joins a player of one agent.
    private mutating func join(_ mode: PlayerMode = .train, at time: Double = 0) throws -> String {
        try book.join(job: "j", name: nil, mode: mode, agentCount: 1, at: time).id
    }

    /// A call that is answered at once.
    private mutating func act(
        _ id: String,
        _ sequence: Int,
        _ call: ClientCall,
        at time: Double = 0
    ) throws {
        #expect(try book.post(call, sequence: sequence, of: id, at: time) == .waits)
        #expect(book.take(at: time).calls.map(\.id).contains(id))
        let isOver = call.steps[0].last?.end != nil
        book.answer(id, Self.answer(sequence, isOver ? nil : 1), at: time)
    }

    private static func answer(_ sequence: Int, _ action: Int?) -> ClientAnswer {
        ClientAnswer(
            sequence: sequence,
            parametersVersion: 0,
            actions: [ClientAction(action: action, isExploring: false, qValues: nil)]
        )
    }

    @Test("agents that are learned from have seats, the lowest that are free; others need none")
    mutating func seats() throws {
        let two = try book.join(job: "j", name: "bots", mode: .train, agentCount: 2, at: 0)
        let one = try book.join(job: "j", name: nil, mode: .train, agentCount: 1, at: 0)
        let watcher = try book.join(job: "j", name: nil, mode: .evaluate, agentCount: 9, at: 0)
        #expect(two.seats == [0, 1] && one.seats == [2] && watcher.seats == [])
        #expect(throws: ClientError.noSeats(asked: 1, free: 0, all: 3)) {
            try book.join(job: "j", name: nil, mode: .train, agentCount: 1, at: 0)
        }
        try book.leave(two.id)
        #expect(try book.join(job: "j", name: nil, mode: .train, agentCount: 1, at: 0).seats == [0])
    }

    @Test("the same call again gets the same answer, any other is told which one is expected")
    mutating func sequence() throws {
        let id = try join()
        try act(id, 1, Self.step())
        #expect(
            try book.post(Self.step(1), sequence: 1, of: id, at: 0)
                == .answered(Self.answer(1, 1))
        )
        for sequence in [0, 3, 100] {
            #expect(throws: ClientError.outOfTurn(sequence: sequence, expected: 2)) {
                try book.post(Self.step(1), sequence: sequence, of: id, at: 0)
            }
        }
        #expect(try book.post(Self.step(1), sequence: 2, of: id, at: 0) == .waits)
        // It came twice before it was answered.
        #expect(try book.post(Self.step(1), sequence: 2, of: id, at: 0) == .waits)
        #expect(throws: ClientError.busy(sequence: 2)) {
            try book.post(Self.step(1), sequence: 3, of: id, at: 0)
        }
        // The answer before is still there for whoever asks again.
        #expect(
            try book.post(Self.step(1), sequence: 1, of: id, at: 0)
                == .answered(Self.answer(1, 1))
        )
    }

    @Test("a call that was not taken may come again")
    mutating func givenBack() throws {
        let id = try join()
        try act(id, 1, Self.step())
        _ = try book.post(Self.step(1), sequence: 2, of: id, at: 0)
        #expect(book.giveBackCalls() == [id] && book.waitingCount == 0)
        try act(id, 2, Self.step(1))
        _ = try book.post(Self.step(1), sequence: 3, of: id, at: 0)
        _ = book.take(at: 0)
        #expect(book.giveBackCalls() == [])
    }

    @Test("a step that cannot follow the one before it is refused, with what would be right")
    mutating func order() throws {
        let id = try join()
        func refusal(_ call: ClientCall, _ sequence: Int) -> String {
            do {
                _ = try book.post(call, sequence: sequence, of: id, at: 0)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal(Self.step(1), 1).hasPrefix("/agents/0/reward: must be left out"))
        #expect(refusal(Self.step(0, .terminated), 1).hasPrefix("/agents/0/terminated: must be"))
        #expect(refusal(Self.step(taken: 1), 1).hasPrefix("/agents/0/action_taken: must be left"))
        try act(id, 1, Self.step(0))
        #expect(refusal(Self.step(), 2).hasPrefix("/agents/0/reward: is missing"))
        try act(id, 2, Self.step(reset: true))
        try act(id, 3, Self.step(1, .terminated))
        #expect(refusal(Self.step(1), 4).hasPrefix("/agents/0/reward: must be left out"))
        let several = ClientCall(
            [[ClientStep(frame: []), ClientStep(frame: [], reward: 1)]],
            wantsActions: false
        )
        #expect(refusal(several, 4).hasPrefix("/agents/0/1/action_taken: is missing"))
    }

    @Test("a player that is not heard within its lease is gone, and its seat is another's")
    mutating func lease() throws {
        let id = try join(at: 0)
        try act(id, 1, Self.step(), at: 5)
        let other = try join(at: 14)
        book.expire(at: 15)
        #expect(book.players[id] != nil)
        book.expire(at: 15.1)
        #expect(book.players[id] == nil && book.players[other] != nil)
        #expect(book.take(at: 15.1).abandoned == [0])
        #expect(throws: ClientError.noPlayer(id)) {
            try book.post(Self.step(1), sequence: 2, of: id, at: 16)
        }
        // One whose call is not answered waits for the server, not the other way round.
        _ = try book.post(Self.step(), sequence: 1, of: other, at: 20)
        book.expire(at: 1_000)
        #expect(book.players[other] != nil)
    }

    @Test("steps, episodes and returns are counted for each player")
    mutating func statistics() throws {
        let id = try join()
        try act(id, 1, Self.step(), at: 1)
        try act(id, 2, Self.step(0.5), at: 2)
        try act(id, 3, Self.step(2, .truncated), at: 3)
        try act(id, 4, Self.step(), at: 4)
        try act(id, 5, Self.step(7), at: 5)
        let statistics = try #require(book.players[id]?.statistics)
        #expect(statistics.agentSteps == 3 && statistics.episodes == 1)
        #expect(statistics.lastReturn == 2.5 && statistics.meanReturn100 == 2.5)
        #expect(statistics.agentStepsPerSecond == 0.75)
        #expect(statistics.actSeconds(quantile: 0.99) == 0)
    }
}
