import ArgumentParser
import BackgroundQueues
import DeepQLearning
import Environments
import Frames
import Snapshots
import Training

/// Where the time of one agent step goes: the parts of a sequential loop, which add up to the whole.
struct AgentStep: Benchmark {
    static let configuration = CommandConfiguration(
        abstract: "The parts of one agent step, acting and learning in turns."
    )

    @Option(help: "The preset; its learning starts after 1,000 steps, its memory is small.")
    var preset = "atari-fast"
    @Option(help: "Agent steps that are measured.") var steps = 2_048
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        let watch = Stopwatch()
        let loop = try makeLoop(
            preset: preset,
            overlapped: false,
            environments: 1,
            machine: machine,
            world: { WatchedEnvironment(environment: $0, watch: watch) },
            agent: { WatchedAgent($0, watch: watch) }
        )
        let pool = machine.pool
        try reachLearning(loop, pool: pool)
        watch.seconds = [:]
        let whole = try ContinuousClock().measure {
            for _ in 0..<steps { _ = try loop.step(pool: pool) }
        }
        .seconds
        let parts = AgentStepPart.allCases.map { ($0.rawValue, watch.seconds[$0] ?? 0) }
        let rest = whole - parts.reduce(0) { $0 + $1.1 }
        for (name, seconds) in parts + [("everything else", rest), ("one agent step", whole)] {
            var line = ReportLine("agent-step")
            line.add("preset", preset)
            line.add("threads", machine.threads)
            line.add("part", name)
            line.add("us_per_step", seconds / Double(steps) * 1e6)
            line.add("share", seconds / whole)
            report.add(line)
        }
    }
}

/// What an agent step is made of.
private enum AgentStepPart: String, CaseIterable {
    case environment = "the environment plays and shows"
    case choice = "the agent chooses an action"
    case memory = "the agent remembers a frame"
    case learning = "the agent learns, its share of an update"
}

/// Adds up how long each part takes.
private final class Stopwatch {
    var seconds: [AgentStepPart: Double] = [:]

    func time<Value, Failure: Error>(
        _ part: AgentStepPart,
        _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let clock = ContinuousClock()
        let start = clock.now
        defer { seconds[part, default: 0] += (clock.now - start).seconds }
        return try work()
    }
}

/// An environment whose moves are timed.
private struct WatchedEnvironment: Environment {
    var environment: any Environment
    let watch: Stopwatch

    var specification: EnvironmentSpecification { environment.specification }

    mutating func reset(
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        try watch.time(.environment) { () throws(EnvironmentError) in
            try environment.reset(into: &frame)
        }
    }

    mutating func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        try watch.time(.environment) { () throws(EnvironmentError) in
            try environment.step(action, into: &frame)
        }
    }

    func rendered() -> Frame? { environment.rendered() }
    func snapshot() throws(EnvironmentError) -> [UInt8] { try environment.snapshot() }

    mutating func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {
        try environment.restore(snapshot)
    }
}

/// An agent whose work is timed.
private final class WatchedAgent: Agent {
    private let agent: any Agent
    private let watch: Stopwatch

    init(_ agent: any Agent, watch: Stopwatch) {
        self.agent = agent
        self.watch = watch
    }

    var counts: AgentCounts { agent.counts }
    var epsilon: Float { agent.epsilon }
    var replaySize: Int { agent.replaySize }
    var environmentCount: Int { agent.environmentCount }

    func beginEpisode(_ frame: Span<UInt8>, environment: Int) {
        watch.time(.memory) { agent.beginEpisode(frame, environment: environment) }
    }

    func selectActions(in environments: [Int], pool: ComputePool) -> [Int] {
        watch.time(.choice) { agent.selectActions(in: environments, pool: pool) }
    }

    func record(action: Int, reward: Float, isTerminal: Bool, frame: Span<UInt8>, environment: Int)
    {
        watch.time(.memory) {
            agent.record(
                action: action,
                reward: reward,
                isTerminal: isTerminal,
                frame: frame,
                environment: environment
            )
        }
    }

    func learn(pool: ComputePool) throws(AgentError) -> LearningSummary? {
        try watch.time(.learning) { () throws(AgentError) in try agent.learn(pool: pool) }
    }

    func finishLearning() throws(AgentError) -> LearningSummary? { try agent.finishLearning() }
    func rest() { agent.rest() }
    func newestState() -> [UInt8] { agent.newestState() }
    var lastChoice: AgentChoice? { agent.lastChoice }
    func qValues(of state: [UInt8], pool: ComputePool) -> [Float] {
        agent.qValues(of: state, pool: pool)
    }
    func policySnapshot() -> PolicySnapshot { agent.policySnapshot() }
    func write(to writer: SnapshotWriter) throws(SnapshotError) { try agent.write(to: writer) }
    func restore(from reader: SnapshotReader) throws(SnapshotError) {
        try agent.restore(from: reader)
    }
}
