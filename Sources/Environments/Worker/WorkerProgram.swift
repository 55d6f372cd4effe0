internal import Foundation

/// What a worker process runs: an interpreter that reads its script from standard input.
package struct WorkerProgram: Sendable {
    /// The interpreter: a path, or a name to be found in PATH.
    let executable: String

    /// The interpreter's own arguments, before those of the script.
    let arguments: [String]

    let script: [UInt8]

    /// Environment variables that it is given beside the usual ones.
    let variables: [String]

    /// How long the first answer may take, which imports and loads, in seconds.
    let startSeconds: Double

    /// How long any other answer may take, in seconds.
    let answerSeconds: Double

    package init(
        executable: String,
        arguments: [String],
        script: [UInt8],
        variables: [String] = [],
        startSeconds: Double,
        answerSeconds: Double
    ) {
        self.executable = executable
        self.arguments = arguments
        self.script = script
        self.variables = variables
        self.startSeconds = startSeconds
        self.answerSeconds = answerSeconds
    }

    /// The environment variables of a worker: what it needs of this process's, and no tokens and
    /// the like.
    var environmentVariables: [String] {
        let all = ProcessInfo.processInfo.environment
        let names = ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH"] + variables
        let kept = names.compactMap { name in all[name].map { "\(name)=\($0)" } }
        // One core a worker: its arithmetic is too small for threads.
        return kept + ["OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1"]
    }
}
