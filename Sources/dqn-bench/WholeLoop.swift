import ArgumentParser
import DeepQLearning
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
    @Option(help: "Environments that are acted in at once.") var environments = 1
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        guard let known = Preset.named(preset),
            case .dqn(var constants) = known.specification.algorithm
        else {
            throw ValidationError("--preset is \(preset), expected a preset of deep Q-learning")
        }
        constants.learningStartsAgentSteps = 1_000
        constants.replayCapacityFrames = min(constants.replayCapacityFrames, 100_000)
        constants.schedule = overlapped ? .overlapped : .sequential
        constants.environmentCount = environments
        let algorithm = Algorithm.dqn(constants)
        let worlds = try (0..<environments).map { number in
            try machine.environments.make(
                known.specification.environment,
                options: known.specification.environmentOptions,
                generator: RandomStreams(seed: UInt64(number)).generator(named: "environment")
            )
        }
        let loop = TrainingLoop(
            environments: worlds,
            agent: try algorithm.makeAgent(
                for: worlds[0].specification,
                streams: RandomStreams(seed: 1),
                workers: machine.threads
            )
        )
        let pool = machine.pool
        while loop.agent.counts.gradientUpdates == 0 {
            _ = try loop.step(pool: pool)
        }
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
        line.add("schedule", constants.schedule.rawValue)
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
