import ArgumentParser
import ExperienceReplay
import RandomNumbers

/// What it costs to remember a frame and to draw a batch.
struct Replay: Benchmark {
    static let configuration = CommandConfiguration(abstract: "Inserting and sampling experience.")

    @Option(help: "Frames of 84 × 84 bytes that are held.") var frames = 50_000
    @Option(help: "Frames that have a priority.") var priorities = 1_000_000
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
        try measurePriorities(into: &report)
    }

    /// What priorities cost beside that: frames of one byte, so that hardly anything else is measured.
    private func measurePriorities(into report: inout Report) throws {
        var rule = Prioritization()
        rule.uniformShare = 0
        var replay = try ReplayBuffer(capacity: priorities, frameByteCount: 1, stack: 1)
        var sampler = try Sampler.proportional(rule, in: replay)
        var random = RandomGenerator(seed: 1)
        replay.beginEpisode([0].span)
        var transitions = TransitionBatch(count: batch, stateByteCount: 1)
        func append() {
            replay.append(action: 0, reward: 0, isTerminal: false, frame: [0].span)
            sampler.noteNewestFrame(of: 0, in: replay)
        }
        func update() {
            for row in 0..<batch { transitions.errors[row] = random.unitFloat() }
            sampler.update(transitions, in: replay)
        }
        func fill() {
            sampler.fill(
                &transitions,
                from: replay,
                by: TransitionAccumulator(discount: 0.99),
                importanceExponent: 0.5,
                using: &random
            )
        }
        // Twice as many as there is room for, so that the oldest are dropped and all differ.
        for step in 0..<(2 * priorities) {
            append()
            if step.isMultiple(of: batch) {
                fill()
                update()
            }
        }
        let parts: [(String, () -> Void)] = [
            ("insert", append), ("sample \(batch)", fill),
            (
                "sample and update \(batch)",
                {
                    // Of those just drawn: others than the last time.
                    fill()
                    update()
                }
            ),
        ]
        for (name, part) in parts {
            var line = ReportLine("priorities")
            line.add("operation", name)
            line.add("frames", priorities)
            line.add(Measurement(seconds: machine.seconds, part))
            report.add(line)
        }
    }
}
