import Logging
import RunStorage
import Training

extension Logger {
    /// What an operator needs to know of jobs: a line when one starts, ends, fails, is held.
    @Sendable func log(_ notice: JobNotice) {
        var metadata: Logger.Metadata = [
            "job": "\(notice.job)", "agent_steps": .stringConvertible(notice.agentSteps),
        ]
        if let reason = notice.reason { metadata["reason"] = "\(reason)" }
        let level: Logger.Level =
            switch notice.level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        log(level: level, "\(notice.kind.rawValue)", metadata: metadata)
    }

    /// What was found of the last server's jobs.
    func log(_ opening: RunStore.Opening) {
        if !opening.endedOrderly {
            warning("the last server did not end orderly; its jobs go on from their snapshots")
        }
        for job in opening.continuedJobs {
            info("job found", metadata: ["job": "\(job)"])
        }
        for (job, reason) in opening.unreadableJobs.sorted(by: { $0.key < $1.key }) {
            error("job unreadable", metadata: ["job": "\(job)", "reason": "\(reason)"])
        }
    }
}
