import BackgroundQueues
import DeepQLearning
import Environments
import Foundation
import Frames
import RandomNumbers
import Snapshots
import Synchronization
import Testing
import Training

/// Environments that fail in the middle of an episode, as one whose worker process dies.
@Suite(.timeLimit(.minutes(5))) struct EnvironmentFailureTests {
    private let pool = ComputePool(width: 1)

    @Test("a failed environment cuts its episode as a time-out and is made anew")
    func restarts() throws {
        let agent = NotingAgent(environments: 1)
        let made = Mutex<[Int]>([])
        let loop = TrainingLoop(
            environments: [FailingEnvironment(failsAtStep: 3)],
            agent: agent,
            remake: { number, restart in
                made.withLock { $0.append(restart) }
                #expect(number == 0)
                return FailingEnvironment(failsAtStep: nil)
            }
        )
        var outcomes: [TrainingLoop.Outcome] = []
        for _ in 0..<8 { outcomes.append(try loop.step(pool: pool)) }
        #expect(outcomes.map(\.failures.count) == [0, 0, 1, 0, 0, 0, 0, 0])
        #expect(outcomes[2].failures[0].contains("ended by signal 9"))
        let cut = try #require(outcomes[2].episodes.first)
        #expect(cut.isTruncated && cut.length == 3 && cut.episodeReturn == 2)
        #expect(outcomes[7].episodes.first?.length == 5)
        #expect(made.withLock { $0 } == [1])
        // The cut step: no reward, the last observation once more, and a future that counts.
        #expect(agent.recorded[2] == NotingAgent.Step(reward: 0, isTerminal: false, frame: 2))
        #expect(agent.begun == 2)
    }

    @Test("several environments go on beside one that has failed, announced or not")
    func beside() throws {
        let agent = NotingAgent(environments: 2)
        let loop = TrainingLoop(
            environments: [
                FailingEnvironment(failsAtStep: 2, failsWhenAnnounced: true),
                FailingEnvironment(failsAtStep: nil),
            ],
            agent: agent,
            remake: { _, _ in FailingEnvironment(failsAtStep: nil) }
        )
        var episodes: [EpisodeSummary] = []
        for _ in 0..<7 { episodes += try loop.step(pool: pool).episodes }
        #expect(episodes.map(\.length) == [2, 5, 5])
        #expect(episodes.map(\.isTruncated) == [true, false, false])
    }

    @Test("one that fails again and again fails the run with its own words")
    func givesUp() throws {
        let loop = TrainingLoop(
            environments: [FailingEnvironment(failsAtStep: 1)],
            agent: NotingAgent(environments: 1),
            remake: { _, _ in FailingEnvironment(failsAtStep: 1) }
        )
        var failures = 0
        #expect(throws: FailingEnvironment.failure) {
            for _ in 0..<20 { failures += try loop.step(pool: pool).failures.count }
        }
        #expect(failures == 4)
    }

    @Test("one that was only not waited for may fail as often as it likes")
    func interrupted() throws {
        let interruption = EnvironmentError.workerInterrupted(seconds: 0.6)
        let loop = TrainingLoop(
            environments: [FailingEnvironment(failsAtStep: 1, error: interruption)],
            agent: NotingAgent(environments: 1),
            remake: { _, _ in FailingEnvironment(failsAtStep: 1, error: interruption) }
        )
        var failures = 0
        for _ in 0..<20 { failures += try loop.step(pool: pool).failures.count }
        #expect(failures == 20)
    }

    @Test("a game that cannot be saved ends its episode as a time-out when it is gone on with")
    func unsavable() throws {
        func makeLoop(_ agent: NotingAgent) -> TrainingLoop {
            TrainingLoop(
                environments: [UnsavableEnvironment()],
                agent: agent,
                remake: { _, _ in UnsavableEnvironment() }
            )
        }
        let first = makeLoop(NotingAgent(environments: 1))
        for _ in 0..<3 { _ = try first.step(pool: pool) }
        let (agent, path) = (NotingAgent(environments: 1), "/dev/shm/\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var loop = first
        // Gone on with twice, without a step in between.
        for _ in 0..<2 {
            let writer = SnapshotWriter()
            try loop.write(to: writer)
            try writer.finish().write(to: path)
            loop = makeLoop(agent)
            try loop.restore(from: SnapshotReader(path: path))
        }
        let outcome = try loop.step(pool: pool)
        #expect(outcome.failures.count == 1 && outcome.failures[0].contains("nobody knows how"))
        let cut = try #require(outcome.episodes.first)
        #expect(cut.isTruncated && cut.length == 4 && cut.episodeReturn == 3)
        #expect(agent.recorded == [NotingAgent.Step(reward: 0, isTerminal: false, frame: 3)])
        #expect(try loop.step(pool: pool).failures.isEmpty)
        #expect(agent.begun == 1)
    }

    @Test("one that cannot be made anew either fails the run")
    func cannotBeMade() throws {
        let loop = TrainingLoop(
            environments: [FailingEnvironment(failsAtStep: 1)],
            agent: NotingAgent(environments: 1),
            remake: { _, _ in throw EnvironmentError.workerNotStarted(reason: "no python") }
        )
        _ = try loop.step(pool: pool)
        #expect(throws: EnvironmentError.workerNotStarted(reason: "no python")) {
            _ = try loop.step(pool: pool)
        }
    }
}

/// Episodes of five steps that pay 1 each; frame n holds the byte n.
struct FailingEnvironment: Environment {
    static let failure = EnvironmentError.workerKilled(signal: 9, output: "")

    let specification = EnvironmentSpecification(
        id: "failing",
        summary: "",
        observation: ObservationSpec(frameShape: [1], scalar: .uint8, stack: 1),
        actionNames: ["ONLY"],
        options: []
    )
    /// The step that fails; nil where none does.
    var failsAtStep: Int?
    var failsWhenAnnounced = false
    private let error: EnvironmentError
    private var steps = 0

    init(
        failsAtStep: Int?,
        failsWhenAnnounced: Bool = false,
        error: EnvironmentError = failure
    ) {
        self.failsAtStep = failsAtStep
        self.failsWhenAnnounced = failsWhenAnnounced
        self.error = error
    }

    mutating func reset(into frame: inout MutableSpan<UInt8>) throws(EnvironmentError) -> TimeStep {
        steps = 0
        frame[0] = 0
        return TimeStep()
    }

    mutating func announce(_ action: Int) throws(EnvironmentError) {
        if failsWhenAnnounced, steps + 1 == failsAtStep { throw error }
    }

    mutating func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        steps += 1
        if steps == failsAtStep { throw error }
        frame[0] = UInt8(steps)
        return TimeStep(
            reward: 1,
            discount: steps == 5 ? 0 : 1,
            episodeEnd: steps == 5 ? .terminated : nil
        )
    }

    func rendered() -> Frame? { nil }
    func snapshot() throws(EnvironmentError) -> [UInt8] { [] }
    mutating func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {}
}

/// One that plays on and on, and cannot be saved.
private struct UnsavableEnvironment: Environment {
    let specification = FailingEnvironment(failsAtStep: nil).specification
    private var steps = 0

    mutating func reset(into frame: inout MutableSpan<UInt8>) throws(EnvironmentError) -> TimeStep {
        frame[0] = 0
        return TimeStep()
    }

    mutating func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        steps += 1
        frame[0] = UInt8(steps)
        return TimeStep(reward: 1)
    }

    func rendered() -> Frame? { nil }
    func snapshot() throws(EnvironmentError) -> [UInt8] {
        throw .snapshotNotWritten("unsavable", reason: "nobody knows how")
    }
    mutating func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {}
}

/// An agent that learns nothing and keeps what it is told.
private final class NotingAgent: Agent {
    struct Step: Equatable {
        var reward: Float
        var isTerminal: Bool
        var frame: UInt8
    }

    var recorded: [Step] = []
    var begun = 0
    let environmentCount: Int

    init(environments: Int) {
        environmentCount = environments
    }

    var counts: AgentCounts {
        var counts = AgentCounts()
        counts.agentSteps = recorded.count
        return counts
    }
    var epsilon: Float { 0 }
    var replaySize: Int { 0 }

    func beginEpisode(_ frame: Span<UInt8>, environment: Int) { begun += 1 }
    func selectActions(in environments: [Int], pool: ComputePool) -> [Int] {
        environments.map { _ in 0 }
    }
    func record(action: Int, reward: Float, isTerminal: Bool, frame: Span<UInt8>, environment: Int)
    {
        recorded.append(Step(reward: reward, isTerminal: isTerminal, frame: frame[0]))
    }
    func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? { nil }
    func finishLearning() throws(AgentError) -> LearningSummary? { nil }
    func rest() {}
    func newestState() -> [UInt8] { [] }
    var lastChoice: AgentChoice? { nil }
    func qValues(of state: [UInt8], pool: ComputePool) -> [Float] { [0] }
    func write(to writer: SnapshotWriter) throws(SnapshotError) {}
    func restore(from reader: SnapshotReader) throws(SnapshotError) {}
    func policySnapshot() -> PolicySnapshot {
        PolicySnapshot(
            function: .table(QTable(stateCount: 1, actionCount: 1)),
            agentSteps: 0,
            gradientUpdates: 0
        )
    }
}
