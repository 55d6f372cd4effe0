internal import Foundation

/// What a worker process runs: an interpreter that reads its script from standard input.
package struct WorkerProgram: Sendable {
    /// The interpreter: a path, or a name to be found in PATH.
    let executable: String

    /// The interpreter's own arguments, before those of the script.
    let arguments: [String]

    let script: [UInt8]

    /// How long the first answer may take, which imports and loads, in seconds.
    let startSeconds: Double

    /// How long any other answer may take, in seconds.
    let answerSeconds: Double

    /// Creates a program.
    package init(
        executable: String,
        arguments: [String],
        script: [UInt8],
        startSeconds: Double,
        answerSeconds: Double
    ) {
        self.executable = executable
        self.arguments = arguments
        self.script = script
        self.startSeconds = startSeconds
        self.answerSeconds = answerSeconds
    }

    /// The script that plays Atari games, for a Python that has ale-py.
    package static func arcade(python: String) -> WorkerProgram {
        WorkerProgram(
            executable: python,
            // Isolated: no packages from the working directory, the user's or PYTHONPATH.
            arguments: ["-I", "-"],
            script: PackageResources.ale_worker_py,
            startSeconds: 60,
            answerSeconds: 30
        )
    }

    /// What of this process's environment a worker needs; tokens and the like it does not.
    static var environment: [String] {
        let all = ProcessInfo.processInfo.environment
        let kept = ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "ALE_ROMS_DIR"].compactMap { name in
            all[name].map { "\(name)=\($0)" }
        }
        // One core a worker: its arithmetic is too small for threads.
        return kept + ["OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1"]
    }
}
