package import Checkpoints
internal import DeepQLearning
internal import Foundation
package import Snapshots
import Synchronization
package import Training

/// Shows a job's progress on a console, and keeps its checkpoints as files.
///
/// A terminal has one line that is drawn again and again; a pipe or file gets a line every few
/// seconds. An evaluation is a line that stays on either.
package final class ConsoleRecorder: TrainingRecorder {
    private struct State {
        /// When the last line of progress was written where there is no terminal.
        var lastLine: Double?
        var versions = 0
        var hasBest = false
        var lineIsOpen = false
    }

    private let state = Mutex(State())
    private let output: OutputFile
    private let snapshots: SnapshotFolder
    private let console: Console
    private let now: @Sendable () -> Double

    /// Seconds between two lines of progress where there is no terminal.
    private static let lineSeconds = 5.0

    /// Keeps the newest checkpoint in the file `output`, and the best one beside it.
    ///
    /// - Parameters:
    ///   - output: The file.
    ///   - snapshots: Where the job's snapshots lie.
    ///   - console: Where progress is shown.
    ///   - now: Tells the seconds since any moment, never going back.
    package init(
        output: OutputFile,
        snapshots: SnapshotFolder,
        console: Console,
        now: @escaping @Sendable () -> Double
    ) {
        self.output = output
        self.snapshots = snapshots
        self.console = console
        self.now = now
    }

    /// The files that were written so far.
    package var saved: (newest: OutputFile?, best: OutputFile?) {
        state.withLock { state in
            (state.versions > 0 ? output : nil, state.hasBest ? output.best : nil)
        }
    }

    package func create(_ job: JobRecord, for request: IdempotentRequest?) -> JobCreation {
        .created
    }

    package func snapshots(of job: String) -> SnapshotFolder { snapshots }

    /// Checkpoints are on the disk when they are kept; nothing else is.
    package func sync() {}

    /// Events are shown, and not kept.
    package func lastEvent(of job: String) -> Int { 0 }

    /// Nothing is taken back of what was shown.
    package func rewind(_ job: JobRecord, toEvent event: Int) {}

    package func record(_ events: [TrainingEvent], of job: JobRecord) {
        for event in events {
            if case .evaluation(let summary) = event.kind {
                say(
                    "evaluation after \(event.position.agentSteps) steps: mean return "
                        + "\(ProgressLine.short(summary.meanReturn)) "
                        + "± \(ProgressLine.short(summary.standardDeviation)) "
                        + "over \(summary.episodes) episodes"
                )
            }
        }
        showProgress(ProgressLine(job))
    }

    package func save(
        _ checkpoint: PolicyCheckpoint,
        of job: JobRecord,
        evaluation: Double?,
        isBest: Bool
    ) throws -> CheckpointRecord {
        let bytes = checkpoint.file.bytes
        try output.write(bytes)
        if isBest { try output.best.write(bytes) }
        let version = state.withLock { state in
            state.versions += 1
            state.hasBest = state.hasBest || isBest
            return state.versions
        }
        return CheckpointRecord(
            id: output.path,
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

    /// Tells what went wrong and is tried again.
    @Sendable package func show(_ notice: JobNotice) {
        guard notice.level == .warning else { return }
        let advice = notice.kind == .writeFailed ? "; trying again, Ctrl-C twice gives up" : ""
        say(notice.kind.rawValue + (notice.reason.map { ": \($0)" } ?? "") + advice)
    }

    /// Writes a line that stays.
    package func say(_ text: String) {
        state.withLock { state in
            console.write((state.lineIsOpen ? Self.clearLine : "") + text + "\n")
            state.lineIsOpen = false
        }
    }

    private func showProgress(_ line: ProgressLine) {
        let columns = console.columns()
        state.withLock { state in
            if let columns {
                console.write(Self.clearLine + line.text(columns: columns))
                state.lineIsOpen = true
            } else if now() - (state.lastLine ?? -.infinity) >= Self.lineSeconds {
                console.write(line.text + "\n")
                state.lastLine = now()
            }
        }
    }

    /// ECMA-48: back to the first column, and erase to the line's end.
    private static let clearLine = "\r\u{1b}[K"
}
