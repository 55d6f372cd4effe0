internal import Foundation
package import Training

/// How far a job has come, in one line of any width.
package struct ProgressLine: Sendable {
    private struct Part: Sendable {
        var text: String
        /// The larger, the sooner the part is left out where there is little room.
        var rank: Int
    }

    private let bar: Part
    private let parts: [Part]

    /// Reads how a job stands.
    package init(_ job: JobRecord) {
        let (steps, total) = (job.progress.agentSteps, job.specification.totalAgentSteps)
        let share = min(1, Double(steps) / Double(total))
        let filled = Int(share * 24)
        bar = Part(
            text: String(repeating: "█", count: filled)
                + String(repeating: "░", count: 24 - filled),
            rank: 7
        )
        var parts = [
            Part(text: "\(Int(share * 100)) %", rank: 2),
            Part(text: "\(steps)/\(total) steps", rank: 0),
        ]
        if let seconds = job.secondsLeft {
            parts.append(Part(text: "\(Self.duration(seconds)) left", rank: 1))
        }
        if let mean = job.latest.meanReturn100 {
            parts.append(Part(text: "return \(Self.short(mean))", rank: 3))
        }
        if let loss = job.latest.loss {
            parts.append(Part(text: "loss \(Self.short(loss))", rank: 5))
        }
        parts.append(Part(text: "ε \(Self.short(Double(job.progress.epsilon)))", rank: 6))
        if let speed = job.progress.agentStepsPerSecond {
            parts.append(Part(text: "\(Int(speed)) steps/s", rank: 4))
        }
        self.parts = parts
    }

    /// The line for a pipe or file: all there is to say, without the bar.
    package var text: String { Self.joined(parts) }

    /// The line for a terminal.
    ///
    /// What does not fit is left out, the least important first. The last column stays free: some
    /// terminals begin a new line once it is filled.
    package func text(columns: Int) -> String {
        var kept = [bar] + parts
        while kept.count > 1, Self.joined(kept).displayWidth >= columns,
            let index = kept.indices.max(by: { kept[$0].rank < kept[$1].rank })
        {
            kept.remove(at: index)
        }
        return Self.joined(kept).prefix(columns: max(0, columns - 1))
    }

    /// Four significant digits.
    static func short(_ number: Double) -> String {
        String(format: "%.4g", number)
    }

    /// A length of time in its two largest units at most: "3 h 12 min".
    package static func duration(_ seconds: Double) -> String {
        let seconds = seconds.rounded(.up)
        if seconds < 60 { return "\(Int(seconds)) s" }
        let minutes = (seconds / 60).rounded()
        if minutes < 60 { return "\(Int(minutes)) min" }
        let hours = (minutes / 60).rounded(.down)
        if hours < 48 { return "\(Int(hours)) h \(Int(minutes - hours * 60)) min" }
        return minutes < 1e9 ? "\(Int((hours / 24).rounded())) days" : "ages"
    }

    private static func joined(_ parts: [Part]) -> String {
        parts.map(\.text).joined(separator: "  ")
    }
}
