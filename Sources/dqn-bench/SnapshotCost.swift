import ArgumentParser
import DeepQLearning
import Foundation
import NeuralNetworks
import RandomNumbers
import Snapshots
import Synchronization

/// What it costs a job to be written down so that it can go on, and to go on.
struct SnapshotCost: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Snapshots of an Atari agent, and going on from them."
    )

    @Option(help: "Frames of 84 × 84 bytes that are held.") var frames = 100_000
    @Option(help: "Frames between the first snapshot and the second.") var between = 10_000
    @Option(help: "Where they go.") var folder = "/var/tmp/dqn-bench-snapshots"
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        let snapshots = SnapshotFolder(path: folder)
        snapshots.remove()
        defer { snapshots.remove() }
        let agent = try makeAgent()
        let journal = try snapshots.makeJournal()
        var line = ReportLine("snapshot")
        line.add("frames", frames)
        let frame = observations(84 * 84, seed: 1)
        agent.beginEpisode(frame.span, environment: 0)
        let fill = follow(frames - 1, agent, frame, journal)
        line.add("journal_us_per_frame", fill / Double(frames) * 1e6)
        try add("first", to: &line, store(agent, journal, number: 1))
        _ = follow(between, agent, frame, journal)
        try add("second", to: &line, store(agent, journal, number: 2))
        line.add("peak_mib_before_restore", peakMemory())
        let restored = try makeAgent()
        let start = ContinuousClock.now
        try restored.restore(from: snapshots.open(snapshots.files[0]))
        line.add("restore_ms", (ContinuousClock.now - start).seconds * 1e3)
        guard restored.newestState() == agent.newestState() else {
            throw ValidationError("the agent that was restored is another")
        }
        report.add(line)
    }

    private func makeAgent() throws -> DQNAgent {
        var hyperparameters = DQNHyperparameters()
        hyperparameters.replayCapacityFrames = frames
        return try DQNAgent(
            hyperparameters: hyperparameters,
            input: .pixels([4, 84, 84]),
            stack: 4,
            actionCount: 4,
            streams: RandomStreams(seed: 1),
            workers: machine.threads
        )
    }

    /// Records frames and hands them over in slices, as a job does.
    /// - Returns: The seconds that handing over took.
    private func follow(
        _ count: Int,
        _ agent: DQNAgent,
        _ frame: [UInt8],
        _ journal: FrameJournal
    ) -> Double {
        var seconds = 0.0
        for step in 0..<count {
            agent.record(
                action: step % 4,
                reward: 1,
                isTerminal: step.isMultiple(of: 200),
                frame: frame.span,
                environment: 0
            )
            guard step.isMultiple(of: 20) else { continue }
            let start = ContinuousClock.now
            agent.write(to: journal)
            seconds += (ContinuousClock.now - start).seconds
        }
        return seconds
    }

    private struct Cost {
        /// How long training stands still.
        var captured: Double
        /// Until it is on the disk, the frames before it too.
        var stored: Double
        var byteCount: Int
    }

    private func store(
        _ agent: DQNAgent,
        _ journal: FrameJournal,
        number: Int
    ) throws -> Cost {
        let before = diskBytes()
        let failure = Mutex<(any Error)?>(nil)
        let start = ContinuousClock.now
        let writer = SnapshotWriter(journal: journal)
        try agent.write(to: writer)
        let snapshot = writer.finish()
        let captured = (ContinuousClock.now - start).seconds
        journal.store(snapshot, number: number, prepare: {}) { result in
            if case .failure(let error) = result { failure.withLock { $0 = error } }
        }
        journal.finish()
        if let error = failure.withLock({ $0 }) { throw error }
        return Cost(
            captured: captured,
            stored: (ContinuousClock.now - start).seconds,
            byteCount: diskBytes() - before
        )
    }

    private func add(_ name: String, to line: inout ReportLine, _ cost: Cost) throws {
        line.add("\(name)_pause_ms", cost.captured * 1e3)
        line.add("\(name)_stored_ms", cost.stored * 1e3)
        line.add("\(name)_mib", Double(cost.byteCount) / 1_048_576)
    }

    private func diskBytes() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }
}
