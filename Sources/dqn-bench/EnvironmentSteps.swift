import ArgumentParser
import Environments
import RandomNumbers

/// Environments played at random.
struct EnvironmentSteps: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Environments by themselves, played at random."
    )

    @Option(help: "Which; the built-in ones and Breakout if not given.")
    var environment: [String] = []
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        let catalog = machine.environments
        let usual = ["cartpole", "catch"] + (machine.pythonPath == nil ? [] : ["atari/breakout"])
        for id in environment.isEmpty ? usual : environment {
            var random = RandomGenerator(seed: 1)
            var world = try catalog.make(id, generator: random)
            let actions = world.specification.actionNames.count
            var frame = [UInt8](
                repeating: 0,
                count: world.specification.observation.frameByteCount
            )
            try world.reset(into: &frame)
            let steps = 100
            let measurement = try Measurement(seconds: machine.seconds) {
                for _ in 0..<steps {
                    let step = try world.step(random.integer(below: actions), into: &frame)
                    if step.episodeEnd != nil { try world.reset(into: &frame) }
                }
            }
            var line = ReportLine("environment")
            line.add("environment", id)
            line.add("steps_per_second", Double(steps) / measurement.median)
            line.add("us_per_step", measurement.median / Double(steps) * 1e6)
            report.add(line)
        }
    }
}
