import Checkpoints
import DeepQLearning
import Foundation
import Synchronization
import Training

/// Shows a job's progress on one line of the terminal, and keeps its checkpoints as files.
final class ConsoleRecorder: TrainingRecorder {
    private struct State {
        var lastLine = 0.0
        var versions = 0
        var lineIsOpen = false
    }

    private let state = Mutex(State())
    private let output: String
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// Keeps the newest checkpoint at the path `output`, and the best one beside it.
    init(output: String) {
        self.output = output
    }

    /// Where the best checkpoint lies.
    var bestPath: String {
        let url = URL(filePath: output)
        let name = "\(url.deletingPathExtension().lastPathComponent)-best"
        return url.deletingLastPathComponent().appending(path: name)
            .appendingPathExtension(url.pathExtension).path
    }

    func create(_ job: JobRecord, for request: IdempotentRequest?) -> JobCreation { .created }

    func record(_ events: [TrainingEvent], of job: JobRecord) {
        for event in events {
            if case .evaluation(let summary) = event.kind {
                say(
                    "\(event.position.agentSteps) steps: mean return \(Self.short(summary.meanReturn)) "
                        + "± \(Self.short(summary.standardDeviation)) over \(summary.episodes) episodes"
                )
            }
        }
        showProgress(job)
    }

    func save(
        _ checkpoint: PolicyCheckpoint,
        of job: JobRecord,
        evaluation: Double?,
        isBest: Bool
    ) throws -> CheckpointRecord {
        let bytes = checkpoint.file.bytes
        try AtomicFile.write(bytes, to: output)
        if isBest { try AtomicFile.write(bytes, to: bestPath) }
        let version = state.withLock { state in
            state.versions += 1
            return state.versions
        }
        return CheckpointRecord(
            id: output,
            job: job.id,
            version: version,
            agentSteps: checkpoint.policy.agentSteps,
            meanReturn100: job.latest.meanReturn100,
            evaluationReturn: evaluation,
            sizeBytes: bytes.count,
            sha256: sha256(bytes),
            createdAt: Date().timeIntervalSince1970,
            labels: isBest ? ["latest", "best"] : ["latest"]
        )
    }

    /// Writes a line that stays.
    func say(_ text: String) {
        state.withLock { state in
            write((state.lineIsOpen ? "\r\u{1b}[K" : "") + text + "\n")
            state.lineIsOpen = false
        }
    }

    private func showProgress(_ job: JobRecord) {
        guard isTerminal else { return }
        let share = Double(job.progress.agentSteps) / Double(job.specification.totalAgentSteps)
        let filled = Int((share * 24).rounded(.down))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        var parts = ["\(bar) \(job.progress.agentSteps)/\(job.specification.totalAgentSteps)"]
        if let mean = job.latest.meanReturn100 { parts.append("return \(Self.short(mean))") }
        if let loss = job.latest.loss { parts.append("loss \(Self.short(loss))") }
        parts.append("ε \(Self.short(Double(job.progress.epsilon)))")
        if let speed = job.progress.agentStepsPerSecond {
            parts.append("\(Int(speed)) steps/s")
        }
        state.withLock { state in
            write("\r\u{1b}[K" + parts.joined(separator: "  "))
            state.lineIsOpen = true
        }
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private static func short(_ number: Double) -> String {
        String(format: "%.4g", number)
    }
}
