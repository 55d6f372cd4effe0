import ArgumentParser
import ExperienceReplay
import RandomNumbers

/// What it costs to remember a frame and to draw a batch.
struct Replay: Benchmark {
    static let configuration = CommandConfiguration(abstract: "Inserting and sampling experience.")

    @Option(help: "Frames of 84 × 84 bytes that are held.") var frames = 50_000
    @Option(help: "Transitions of one batch.") var batch = 32
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        for (frameBytes, stack) in [(84 * 84, 4), (16, 1)] {
            var replay = try ReplayBuffer(
                capacity: frames,
                frameByteCount: frameBytes,
                stack: stack
            )
            let frame = observations(frameBytes, seed: 1)
            replay.beginEpisode(frame.span)
            for step in 1..<frames {
                replay.append(
                    action: 0,
                    reward: 1,
                    isTerminal: step.isMultiple(of: 200),
                    frame: frame.span
                )
            }
            let insert = Measurement(seconds: machine.seconds) {
                replay.append(action: 0, reward: 1, isTerminal: false, frame: frame.span)
            }
            var transitions = TransitionBatch(count: batch, stateByteCount: replay.stateByteCount)
            var random = RandomGenerator(seed: 1)
            let sample = Measurement(seconds: machine.seconds) {
                Sampler.uniform.fill(
                    &transitions,
                    from: replay,
                    by: TransitionAccumulator(discount: 0.99),
                    using: &random
                )
            }
            for (name, measurement) in [("insert", insert), ("sample \(batch)", sample)] {
                var line = ReportLine("replay")
                line.add("operation", name)
                line.add("frames", frames)
                line.add("state_bytes", replay.stateByteCount)
                line.add(measurement)
                report.add(line)
            }
        }
    }
}
