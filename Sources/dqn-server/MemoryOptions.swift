import ArgumentParser
import MemoryBudgets

/// How much memory the jobs and models of a process may take.
struct MemoryOptions: ParsableArguments {
    @Option(
        name: .customLong("memory-limit"),
        help: ArgumentHelp(
            "The most memory that jobs and models may take together, in bytes or as 8G or 512M.",
            discussion: """
                Without it, what the machine, its control groups and ulimit -v allow, less a tenth that \
                is left to the system. A job that needs more is refused; one that must wait for others \
                is queued.
                """,
            valueName: "bytes"
        ),
        transform: { text in
            guard let size = ByteCount(text) else {
                throw ValidationError(
                    "\"\(text.prefix(40))\" is no amount of memory, expected bytes or 512M, 8G, 1.5T"
                )
            }
            return size
        }
    )
    var chosen: ByteCount?

    /// What jobs and models are promised their memory of.
    var budget: MemoryBudget {
        MemoryBudget(.ofThisProcess(chosen: chosen))
    }
}
