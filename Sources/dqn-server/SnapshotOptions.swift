import ArgumentParser

/// How often what trains is written down, so that it can go on from there.
struct SnapshotOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Seconds between two snapshots of what trains, 0 to 86400.",
            discussion: """
                After a crash a job goes on from its last snapshot, to the bit: no more than the work \
                since then is done again.
                """
        )
    )
    var snapshotSeconds = 60.0

    func validate() throws {
        guard (0...86_400).contains(snapshotSeconds) else {
            throw ValidationError("--snapshot-seconds is \(snapshotSeconds), expected 0...86400")
        }
    }
}
