import ArgumentParser
import RunStorage
import Training

/// `dqn-server check`: whether all that a server has kept is whole.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verifies a data folder: database, events, checkpoints, snapshots.",
        discussion: """
            Prints a line for each fault and a summary. Exits with 0 where all is well or was \
            repaired, otherwise with 1. Refuses a folder that a server holds.
            """
    )

    @Option(help: "The folder that everything is kept in.")
    var data = "./data"

    @Flag(help: "Repair what can be repaired; what cannot is left as it is.")
    var repair = false

    func run() async throws {
        let summary: StoreCheck.Summary
        do {
            let check = try StoreCheck(
                folder: data,
                repairs: repair,
                now: JobClock.system.date
            ) { finding in
                let repair = finding.repair.map { " (repaired: \($0))" } ?? ""
                print("\(finding.place): \(finding.fault)\(repair)")
            }
            summary = try check.run()
        } catch {
            throw CommandFailure("\(error)")
        }
        print(
            "\(summary.jobs) jobs, \(summary.blocks) blocks of events, \(summary.checkpoints) "
                + "checkpoints, \(summary.snapshots) snapshots: \(summary.findings) faults, "
                + "\(summary.repaired) repaired"
        )
        guard summary.isClean else { throw ExitCode.failure }
    }
}
