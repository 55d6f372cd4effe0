import BackgroundQueues
import DeepQLearning
import Environments
import Snapshots
import Synchronization
import Testing
import Training

/// What an agent is told of what clients do, call by call.
@Suite(.timeLimit(.minutes(5))) struct ClientLoopTests {
    private let table: ClientTable
    private let loop: TrainingLoop
    private let seats: ClientSeats
    private let agent = NotingAgent(environmentCount: 2)
    private let pool = ComputePool(width: 1)

    init() throws {
        var job = JobSpecification.smallCartPole(environments: 2)
        job.environment = "client"
        job.environmentOptions = [
            "observation": ["shape": [1], "scalar": "uint8"], "actions": 3,
            // Other tests may hold the cores for long.
            "lease_seconds": 3_600.0,
        ]
        var record = JobRecord(id: "j", specification: job, createdAt: 0)
        record.state = .running
        table = try #require(ClientTable(record, in: builtInEnvironments, clock: .real))
        let seats = ClientSeats(table, count: 2)
        self.seats = seats
        loop = TrainingLoop(
            environments: seats.seats.map {
                ClientEnvironment(specification: seats.table.specification, seat: $0)
            },
            agent: agent
        )
    }

    /// Lets players call at the same time and returns what they are to do.
    private func act(
        _ calls: [(player: String, sequence: Int, steps: [ClientStep])],
        wantsActions: Bool = true
    ) async throws -> [ClientAnswer] {
        let answered = Counter()
        return try await withThrowingTaskGroup(of: (Int, ClientAnswer).self) { group in
            for (index, call) in calls.enumerated() {
                group.addTask { [table] in
                    defer { answered.count.add(1, ordering: .relaxed) }
                    let answer = try await table.act(
                        ClientCall([call.steps], wantsActions: wantsActions),
                        sequence: call.sequence,
                        of: call.player
                    )
                    return (index, answer)
                }
            }
            // They may come in several rounds.
            while answered.count.load(ordering: .relaxed) < calls.count {
                await Task.yield()
                for outcome in try loop.step(with: seats, waitingAtMost: 0, pool: pool) {
                    agent.episodes += outcome.episodes
                }
            }
            var answers: [Int: ClientAnswer] = [:]
            for try await (index, answer) in group { answers[index] = answer }
            return calls.indices.compactMap { answers[$0] }
        }
    }

    private func join(_ mode: PlayerMode = .train) throws -> String {
        try table.join(name: nil, mode: mode, agents: 1).id
    }

    @Test("an episode goes by in one call a step, its last observation included")
    func episode() async throws {
        let player = try join()
        var answers: [ClientAnswer] = []
        for (sequence, step) in [
            ClientStep(frame: [10]), ClientStep(frame: [11], reward: 1),
            ClientStep(frame: [12], reward: 2, actionTaken: 0),
            ClientStep(frame: [13], reward: 3, end: .terminated), ClientStep(frame: [20]),
            ClientStep(frame: [21], reward: 4, end: .truncated),
        ].enumerated() {
            answers += try await act([(player, sequence + 1, [step])])
        }
        #expect(
            agent.notes == [
                "begin 10", "record 2 1.0 → 11", "record 0 2.0 → 12", "record 2 3.0 → 13 terminal",
                "begin 20", "record 2 4.0 → 21",
            ]
        )
        #expect(answers.map { $0.actions[0]?.action } == [2, 2, 2, nil, 2, nil])
        #expect(agent.episodes.map(\.episodeReturn) == [6, 4])
        #expect(agent.episodes.map(\.isTruncated) == [false, true])
        #expect(agent.episodes.map(\.length) == [3, 1])
    }

    @Test("nothing is learned across a gap: a client that left, or that begins anew")
    func gaps() async throws {
        let first = try join()
        _ = try await act([(first, 1, [ClientStep(frame: [1])])])
        _ = try await act([(first, 2, [ClientStep(frame: [2], reward: 1)])])
        try table.leave(first)
        let second = try join()
        _ = try await act([(second, 1, [ClientStep(frame: [50])])])
        _ = try await act([(second, 2, [ClientStep(frame: [51], reward: 1)])])
        _ = try await act([(second, 3, [ClientStep(frame: [60], isReset: true)])])
        _ = try await act([(second, 4, [ClientStep(frame: [61], reward: 1)])])
        #expect(
            agent.notes == [
                "begin 1", "record 2 1.0 → 2", "begin 50", "record 2 1.0 → 51", "begin 60",
                "record 2 1.0 → 61",
            ]
        )
        #expect(agent.episodes.map(\.isTruncated) == [true, true])
    }

    @Test("each client goes at its own pace, in an environment of its own")
    func paces() async throws {
        let (fast, slow) = (try join(), try join())
        _ = try await act([
            (fast, 1, [ClientStep(frame: [1])]), (slow, 1, [ClientStep(frame: [101])]),
        ])
        for sequence in 2...4 {
            let frame = [UInt8(sequence)]
            _ = try await act([(fast, sequence, [ClientStep(frame: frame, reward: 1)])])
        }
        _ = try await act([(slow, 2, [ClientStep(frame: [102], reward: 5)])])
        let notes = Set(agent.notes.prefix(2))
        #expect(notes == ["begin 1", "begin 101"])
        #expect(
            agent.notes.dropFirst(2) == [
                "record 2 1.0 → 2", "record 2 1.0 → 3", "record 2 1.0 → 4", "record 2 5.0 → 102",
            ]
        )
        #expect(agent.counts.agentSteps == 4)
    }

    @Test("experience comes in pieces, and is recorded as what was acted on is")
    func experience() async throws {
        let player = try join()
        let piece = [
            ClientStep(frame: [1]), ClientStep(frame: [2], reward: 1, actionTaken: 1),
            ClientStep(frame: [3], reward: 0, end: .terminated, actionTaken: 0),
            ClientStep(frame: [9]),
        ]
        let answers = try await act([(player, 1, piece)], wantsActions: false)
        #expect(answers[0].actions == [nil])
        let next = [ClientStep(frame: [10], reward: 2, actionTaken: 2)]
        _ = try await act([(player, 2, next)], wantsActions: false)
        #expect(
            agent.notes == [
                "begin 1", "record 1 1.0 → 2", "record 0 0.0 → 3 terminal", "begin 9",
                "record 2 2.0 → 10",
            ]
        )
    }

    @Test("a client that evaluates is told the best action, and nothing is learned from it")
    func evaluation() async throws {
        let player = try join(.evaluate)
        let first = try await act([(player, 1, [ClientStep(frame: [1])])])
        let end = ClientStep(frame: [2], reward: 1, end: .terminated)
        let last = try await act([(player, 2, [end])])
        #expect(first[0].actions[0]?.action == 1 && first[0].actions[0]?.qValues == [1, 7, 5])
        #expect(last[0].actions[0]?.action == nil)
        #expect(agent.notes.isEmpty && agent.states == [[1]])
        #expect(try table.player(player).statistics.lastReturn == 1)
    }

    @Test("a stored job of clients that needs environments in step fails with a sentence")
    func inStep() async throws {
        var job = JobSpecification(
            name: "odd",
            environment: "client",
            algorithm: .pqn(PQNHyperparameters())
        )
        job.environmentOptions = [
            "observation": ["shape": [84, 84], "scalar": "uint8"], "actions": 3,
        ]
        let failed = try await run(job).jobs["job"]
        #expect(failed?.state == .failed)
        #expect(failed?.failure?.contains("clients come when they like") == true)
    }

    @Test("a call is refused where the job is paused, and taken when it goes on")
    func paused() async throws {
        let player = try join()
        table.note(.paused)
        await #expect(throws: JobConflict.self) {
            try await table.act(ClientCall([[ClientStep(frame: [1])]]), sequence: 1, of: player)
        }
        table.note(.running)
        _ = try await act([(player, 1, [ClientStep(frame: [1])])])
        #expect(agent.notes == ["begin 1"])
    }
}

private final class Counter: Sendable {
    let count = Atomic(0)
}

/// Notes what it is told, and always does the same.
private final class NotingAgent: Agent, @unchecked Sendable {
    var notes: [String] = []
    var states: [[UInt8]] = []
    var episodes: [EpisodeSummary] = []
    let environmentCount: Int
    var counts = AgentCounts()
    let epsilon: Float = 0
    let replaySize = 0
    let actsInAnyOrder = true

    init(environmentCount: Int) {
        self.environmentCount = environmentCount
    }

    func beginEpisode(_ frame: Span<UInt8>, environment: Int) { notes.append("begin \(frame[0])") }

    func selectActions(in environments: [Int], pool: ComputePool) -> [Int] {
        environments.map { _ in 2 }
    }

    func record(action: Int, reward: Float, isTerminal: Bool, frame: Span<UInt8>, environment: Int)
    {
        notes.append("record \(action) \(reward) → \(frame[0])\(isTerminal ? " terminal" : "")")
        counts.agentSteps += 1
    }

    func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? { nil }
    func finishLearning() throws(AgentError) -> LearningSummary? { nil }
    func rest() {}
    var lastChoice: AgentChoice? { nil }
    func newestState() -> [UInt8] { [] }

    func qValues(of state: [UInt8], pool: ComputePool) -> [Float] {
        states.append(state)
        return [1, 7, 5]
    }

    func policySnapshot() -> PolicySnapshot { preconditionFailure("nobody asks for it") }
    func write(to writer: SnapshotWriter) throws(SnapshotError) {}
    func restore(from reader: SnapshotReader) throws(SnapshotError) {}
}
