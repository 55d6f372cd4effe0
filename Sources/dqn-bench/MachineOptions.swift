public import ArgumentParser
import BackgroundQueues
import Environments
import Foundation
public import Tensors

/// What a benchmark may use of the machine.
struct MachineOptions: ParsableArguments {
    @Option(help: "Cores to use.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(
        help: ArgumentHelp(
            "The fastest in single precision if not given.",
            discussion: "One of \(Kernels.allCases.map(\.description).joined(separator: ", "))."
        )
    )
    var kernels: Kernels?

    @Option(help: "A Python that has ale-py, for Atari games; .python/bin/python if not given.")
    var python: String?

    @Option(help: "How long each measurement lasts.")
    var seconds = 0.5

    func validate() throws {
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads is \(threads), expected 1...1024")
        }
        if let kernels, !kernels.isAvailable {
            throw ValidationError("this processor cannot run \(kernels)")
        }
    }

    /// As that of jobs.
    var pool: ComputePool { ComputePool(width: threads, priority: .training) }

    var environments: EnvironmentCatalog { EnvironmentCatalog(python: pythonPath) }

    var pythonPath: String? {
        let prepared = ".python/bin/python"
        return python ?? (FileManager.default.isExecutableFile(atPath: prepared) ? prepared : nil)
    }
}

extension Kernels: ExpressibleByArgument {}
