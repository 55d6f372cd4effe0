internal import Foundation
package import Training

/// What `train` says at its end: how the job ended, what it saved, and what can be done with that.
package struct TrainingReport: Sendable {
    private let job: JobRecord
    private let signal: String?
    private let newest: OutputFile?
    private let best: OutputFile?
    private let folder: String?

    /// Joins the parts.
    ///
    /// - Parameters:
    ///   - job: The job as it ended.
    ///   - signal: The signal that stopped it, if one did.
    ///   - saved: The files of its newest and its best checkpoint, if it saved them.
    ///   - folder: What it can go on from, if it can.
    package init(
        _ job: JobRecord,
        signal: String?,
        saved: (newest: OutputFile?, best: OutputFile?),
        folder: String? = nil
    ) {
        self.job = job
        self.signal = signal
        (newest, best) = saved
        self.folder = folder
    }

    /// The report, a line an item.
    package var text: String {
        let progress = job.progress
        var lines = [
            (folder == nil ? job.state.rawValue : "interrupted")
                + (signal.map { " by \($0)" } ?? "")
                + " after \(progress.agentSteps) agent steps, \(progress.gradientUpdates) updates "
                + "and \(progress.episodes) episodes in "
                + String(format: "%.1f s", progress.wallSeconds)
        ]
        if let mean = job.latest.meanReturn100 {
            lines.append("mean return of the last 100 episodes: \(ProgressLine.short(mean))")
        }
        guard let newest else {
            return (lines + (folder.map { goOn($0) } ?? ["nothing was saved"]))
                .joined(separator: "\n")
        }
        if let mean = job.best?.meanReturn, let best {
            lines.append("best mean return: \(ProgressLine.short(mean)), saved as \(best.path)")
        }
        lines.append("newest checkpoint: \(newest.path)")
        if signal != nil { lines += next(best ?? newest) }
        return (lines + (folder.map { goOn($0) } ?? [])).joined(separator: "\n")
    }

    private func goOn(_ folder: String) -> [String] {
        ["To go on where it is:            dqn-server train --resume \(Self.quoted(folder))"]
    }

    private func next(_ file: OutputFile) -> [String] {
        let path = Self.quoted(file.path)
        return [
            "",
            "To measure what it has learned:  dqn-server evaluate --checkpoint \(path)",
            "To watch it play:                dqn-server play --checkpoint \(path)",
            "To have a server answer with it: curl --data-binary @\(path) "
                + "-H 'Content-Type: application/octet-stream' "
                + "http://127.0.0.1:8080/v1/checkpoints",
        ]
    }

    /// The text as a word of a shell's command line.
    package static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x61...0x7a).contains(byte) || "/._-+,:@%".utf8.contains(byte)
        }
        return isPlain ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }
}
