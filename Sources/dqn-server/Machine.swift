import ArgumentParser
import Dispatch
import Environments
import Foundation
import Training

/// What every subcommand can be told about the machine it runs on.
struct MachineOptions: ParsableArguments {
    @Option(help: "How many cores to compute on; all of them if not given.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(
        help: """
            A Python that has ale-py and Gymnasium, for their environments; $DQN_PYTHON or \
            .python/bin/python if not given.
            """
    )
    var python: String?

    @Option(
        name: .customLong("allow-environment-url"),
        help: ArgumentHelp(
            "What an environment behind a URL may have as its URL; may be given several times.",
            discussion: """
                Addresses of this machine are always allowed. http://HOST allows all ports of HOST, \
                http://HOST:PORT/PATH what is at and below that path. Whoever may start jobs makes the \
                server ask there.
                """,
            valueName: "prefix"
        )
    )
    var allowedEnvironmentURLs: [String] = []

    @Option(
        help: ArgumentHelp(
            "A folder of Python modules that jobs may import environments from.",
            discussion: """
                gymnasium/snake:Snake is then the class Snake of snake.py in it. Whoever may start \
                jobs chooses what in it is called, and with which arguments.
                """,
            valueName: "folder"
        )
    )
    var allowEntryPoints: String?

    func validate() throws {
        _ = try environmentAccess
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads is \(threads), expected 1...1024")
        }
        if let folder = allowEntryPoints {
            let values = try? URL(filePath: folder).resourceValues(forKeys: [.isDirectoryKey])
            guard values?.isDirectory == true else {
                throw ValidationError("--allow-entry-points is \(folder), which is no folder")
            }
        }
    }

    /// The environments that can be run here.
    var environments: EnvironmentCatalog {
        get throws {
            EnvironmentCatalog(
                python: python ?? Self.defaultPython,
                entryPoints: allowEntryPoints,
                access: try environmentAccess
            )
        }
    }

    private var environmentAccess: EnvironmentAccess {
        get throws {
            do {
                return try EnvironmentAccess(allowing: allowedEnvironmentURLs)
            } catch {
                throw ValidationError("--allow-environment-url \(error)")
            }
        }
    }

    private static var defaultPython: String? {
        let made = ".python/bin/python"
        return ProcessInfo.processInfo.environment["DQN_PYTHON"]
            ?? (FileManager.default.isExecutableFile(atPath: made) ? made : nil)
    }
}

extension JobClock {
    /// The machine's clocks.
    static let system = JobClock(
        date: { Date().timeIntervalSince1970 },
        monotonic: { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
    )
}
