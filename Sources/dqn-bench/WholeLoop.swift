public import ArgumentParser
import BackgroundQueues
public import DeepQLearning
import Environments
import RandomNumbers
import Training

/// Acting and learning together, from the moment that learning begins.
struct WholeLoop: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "loop",
        abstract: "Agent steps a second of a preset's whole training loop."
    )

    @Option(help: "The preset; its learning starts after 1,000 steps, its memory is small.")
    var preset = "cartpole"
    @Option(help: "Agent steps that are measured.") var steps = 4_096
    @Flag(help: "Learn beside acting.") var overlapped = false
    @Option(help: "fp32 or bf16.") var precision = LearningPrecision.fp32
    @Option(help: "Environments that are acted in at once.") var environments = 1
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        let loop = try makeLoop(
            preset: preset,
            overlapped: overlapped,
            precision: precision,
            environments: environments,
            machine: machine
        )
        let pool = machine.pool
        try reachLearning(loop, pool: pool)
        let updates = loop.agent.counts.gradientUpdates
        let processorTimeBefore = processorTime()
        let seconds = try ContinuousClock().measure {
            for _ in 0..<(steps / environments) { _ = try loop.step(pool: pool) }
            _ = try loop.agent.finishLearning()
        }
        .seconds
        let used = processorTime() - processorTimeBefore
        var line = ReportLine("loop")
        line.add("preset", preset)
        line.add("schedule", overlapped ? "overlapped" : "sequential")
        line.add("precision", precision.rawValue)
        line.add("environments", environments)
        line.add("threads", machine.threads)
        line.add("steps_per_second", Double(steps) / seconds)
        line.add("us_per_step", seconds / Double(steps) * 1e6)
        line.add("cpu_us_per_step", used / Double(steps) * 1e6)
        line.add("updates", loop.agent.counts.gradientUpdates - updates)
        line.add("peak_memory_mib", peakMemory())
        report.add(line)
    }
}

extension LearningPrecision: ExpressibleByArgument {}

/// The loop of a preset of deep Q-learning that learns after 1,000 steps, with a small memory and the
/// last of its exploration from the beginning.
///
/// `world` and `agent` may put something around them.
func makeLoop(
    preset: String,
    overlapped: Bool,
    precision: LearningPrecision = .fp32,
    environments: Int,
    machine: MachineOptions,
    world: (any Environment) -> any Environment = { $0 },
    agent: (any Agent) -> any Agent = { $0 }
) throws -> TrainingLoop {
    guard let specification = Preset.named(preset)?.specification,
        case .dqn(var constants) = specification.algorithm
    else {
        throw ValidationError("--preset is \(preset), expected a preset of deep Q-learning")
    }
    constants.learningStartsAgentSteps = 1_000
    constants.replayCapacityFrames = min(constants.replayCapacityFrames, 100_000)
    // As most steps of a run are: acted by the network.
    constants.exploration.initialEpsilon = constants.exploration.finalEpsilon
    constants.schedule = overlapped ? .overlapped : .sequential
    constants.precision = precision
    constants.environmentCount = environments
    let worlds = try (0..<environments).map { number in
        try machine.environments.make(
            specification.environment,
            options: specification.environmentOptions,
            generator: RandomStreams(seed: UInt64(number)).generator(named: "environment")
        )
    }
    let learner = try Algorithm.dqn(constants).makeAgent(
        for: worlds[0].specification,
        streams: RandomStreams(seed: 1),
        workers: machine.threads
    )
    return TrainingLoop(environments: worlds.map(world), agent: agent(learner))
}

/// Plays until the first update was made.
func reachLearning(_ loop: TrainingLoop, pool: ComputePool) throws {
    while loop.agent.counts.gradientUpdates == 0 {
        _ = try loop.step(pool: pool)
    }
}
