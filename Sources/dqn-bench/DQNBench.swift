import ArgumentParser
import BackgroundQueues
import Tensors

/// Measures the parts that a training run's speed is made of, and the whole.
@main
struct DQNBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dqn-bench",
        abstract: "Measures how fast networks are trained and asked on this machine.",
        discussion: "Take numbers while nothing else runs, and compare only those of one run.",
        subcommands: [
            Everything.self, Layers.self, ForwardPass.self, GradientStep.self, Replay.self,
            EnvironmentSteps.self, AgentStep.self, WholeLoop.self, SnapshotCost.self,
        ]
    )
}

/// One thing to measure.
protocol Benchmark: ParsableCommand {
    var output: ReportOptions { get }

    /// Adds lines to the report.
    func measure(into report: inout Report) throws
}

extension Benchmark {
    func run() throws {
        // As the thread of a job.
        ThreadPriority.training.applyToThread()
        var report = Report()
        try measure(into: &report)
        try output.write(report)
    }
}

/// All benchmarks, one after the other.
struct Everything: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Everything, in about a minute."
    )

    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        let parts: [any Benchmark.Type] = [
            Layers.self, ForwardPass.self, GradientStep.self, Replay.self, EnvironmentSteps.self,
        ]
        for part in parts {
            for threads in Set([1, machine.threads]).sorted() {
                // Only what is spread over cores is measured on all of them too.
                guard threads == 1 || part == ForwardPass.self || part == GradientStep.self else {
                    continue
                }
                try add(part, [], threads: threads, to: &report)
            }
        }
        try add(WholeLoop.self, ["--preset", "cartpole"], threads: machine.threads, to: &report)
        if machine.pythonPath != nil {
            let arguments = ["--preset", "atari-fast", "--steps", "1024"]
            try add(WholeLoop.self, arguments, threads: machine.threads, to: &report)
        }
    }

    private func add(
        _ part: any Benchmark.Type,
        _ arguments: [String],
        threads: Int,
        to report: inout Report
    ) throws {
        var arguments = arguments + ["--threads", "\(threads)", "--seconds", "\(machine.seconds)"]
        if let kernels = machine.kernels { arguments += ["--kernels", kernels.description] }
        if let python = machine.pythonPath { arguments += ["--python", python] }
        try part.parse(arguments).measure(into: &report)
    }
}
