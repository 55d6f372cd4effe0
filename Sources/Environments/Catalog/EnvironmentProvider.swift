package import RandomNumbers

/// Where environments of one kind come from: which there are, and how each is made.
///
/// The catalog is a list of providers and knows nothing else about any kind; one more is a file with
/// a type that conforms, and a place in ``EnvironmentCatalog/init(python:entryPoints:access:)``.
package protocol EnvironmentProvider: Sendable {
    /// All of its environments with their default options, in the order they are listed, whether
    /// they can run here or not. The catalog reads it once.
    var entries: [EnvironmentCatalog.Entry] { get }

    /// Whether an environment of this id is one of its own, listed or not.
    func has(_ id: String) -> Bool

    /// The options with what the environment itself says of its observations and actions, which
    /// may take a while: a process is started, or an endpoint asked. With the result its
    /// specification follows from the options alone.
    /// - Throws: ``EnvironmentError`` where it does not answer, or answers otherwise than given.
    func complete(
        _ options: EnvironmentOptions,
        of id: String
    ) throws(EnvironmentError) -> EnvironmentOptions

    /// About how many bytes the process takes up that each environment runs in; 0 where it runs
    /// in this one.
    var workerByteCount: Int { get }

    /// What one of its environments is with the given options, even if it cannot run here.
    /// - Throws: ``EnvironmentError/invalidOptions(_:_:)`` with all that is wrong.
    func specification(
        of id: String,
        options: EnvironmentOptions
    ) throws(EnvironmentError) -> EnvironmentSpecification

    /// Makes one of its environments that can run here.
    /// - Parameters:
    ///   - id: The id of one of the entries.
    ///   - options: What deviates from its defaults.
    ///   - generator: All its randomness.
    ///   - interruption: Cuts waits for a silent worker process short.
    /// - Returns: An environment before its first episode.
    /// - Throws: ``EnvironmentError`` if an option is wrong or what it runs in does not start.
    func make(
        _ id: String,
        options: EnvironmentOptions,
        generator: RandomGenerator,
        interruption: WorkerInterruption?
    ) throws(EnvironmentError) -> any Environment
}

extension EnvironmentProvider {
    /// Most providers list all that they have.
    package func has(_ id: String) -> Bool {
        entries.contains { $0.specification.id == id }
    }

    /// Most environments are known without asking.
    package func complete(
        _ options: EnvironmentOptions,
        of id: String
    ) throws(EnvironmentError) -> EnvironmentOptions {
        options
    }

    /// Most environments run in this process.
    package var workerByteCount: Int { 0 }
}
