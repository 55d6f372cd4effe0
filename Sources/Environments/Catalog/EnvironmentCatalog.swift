internal import JSONFields
public import RandomNumbers

/// Every environment there is, whether it can run here, and how to make one.
public struct EnvironmentCatalog: Sendable {
    /// All that are listed, provider by provider: the built-in games, the Atari games by name, some
    /// of Gymnasium's, what answers at URLs, and clients.
    public let entries: [Entry]

    private let providers: [any EnvironmentProvider]
    private let providersByID: [String: any EnvironmentProvider]

    /// One environment of the catalog.
    public struct Entry: Equatable, Sendable {
        /// What it is, with its default options.
        public let specification: EnvironmentSpecification

        /// Whether its observations and actions are what its options say: those of the
        /// specification are an example.
        public let isDeclared: Bool

        /// Why it cannot run here, naming the command that mends it; nil if it can.
        public let unavailableReason: String?

        /// Creates an entry, of an environment that can run here if no reason is given.
        package init(
            _ specification: EnvironmentSpecification,
            isDeclared: Bool = false,
            unavailableReason: String? = nil
        ) {
            self.specification = specification
            self.isDeclared = isDeclared
            self.unavailableReason = unavailableReason
        }
    }

    /// Finds out what can run here, for which it asks the interpreter: a fraction of a second.
    /// - Parameters:
    ///   - python: The path of a Python that has ale-py, for the Atari games, and Gymnasium; nil for
    ///     none.
    ///   - entryPoints: The folder that jobs may import environments from; nil for none.
    ///   - access: Which endpoints jobs may have asked.
    public init(
        python: String?,
        entryPoints: String? = nil,
        access: EnvironmentAccess = .loopback
    ) {
        self.init([
            BuiltInGames(), AtariGames(python.map { .arcade(python: $0) }),
            GymnasiumEnvironments(
                python.map { .gymnasium(python: $0) },
                entryPoints: entryPoints
            ),
            RemoteEnvironments(access), ClientEnvironments(),
        ])
    }

    /// The catalog of this program with another worker for the Atari games, and without Gymnasium's.
    package init(arcade: WorkerProgram?, access: EnvironmentAccess = .loopback) {
        self.init([
            BuiltInGames(), AtariGames(arcade), RemoteEnvironments(access), ClientEnvironments(),
        ])
    }

    /// Gymnasium's environments with another worker.
    package init(gymnasium: WorkerProgram?, entryPoints: String? = nil) {
        self.init([GymnasiumEnvironments(gymnasium, entryPoints: entryPoints)])
    }

    /// The environments of some providers, whose ids must differ.
    package init(_ providers: [any EnvironmentProvider]) {
        var entries: [Entry] = []
        var providersByID: [String: any EnvironmentProvider] = [:]
        for provider in providers {
            for entry in provider.entries {
                let id = entry.specification.id
                let other = providersByID.updateValue(provider, forKey: id)
                precondition(other == nil, "two environments are called \(id)")
                entries.append(entry)
            }
        }
        self.entries = entries
        self.providers = providers
        self.providersByID = providersByID
    }

    /// The options with what the environment itself says of its observations and actions, where it
    /// is not part of the program; this may take seconds.
    /// - Throws: ``EnvironmentError`` if the name is unknown, an option is wrong, or it does not
    ///   answer.
    public func complete(
        _ options: EnvironmentOptions,
        of id: String
    ) throws(EnvironmentError) -> EnvironmentOptions {
        try provider(of: id).complete(options, of: id)
    }

    /// Checks that there is an environment of that name, whatever its options.
    /// - Throws: ``EnvironmentError/unknownEnvironment(_:nearest:)``.
    public func check(_ id: String) throws(EnvironmentError) {
        _ = try provider(of: id)
    }

    /// What an environment is with the given options, even if it cannot run here.
    /// - Throws: ``EnvironmentError`` if the name is unknown or an option is wrong.
    public func specification(
        of id: String,
        options: EnvironmentOptions = [:]
    ) throws(EnvironmentError) -> EnvironmentSpecification {
        try provider(of: id).specification(of: id, options: options)
    }

    /// Makes an environment, which for Atari starts a worker process.
    /// - Parameters:
    ///   - id: The name of an entry.
    ///   - options: What deviates from its defaults.
    ///   - generator: All its randomness.
    ///   - interruption: Cuts waits for a silent worker process short.
    /// - Returns: An environment before its first episode.
    /// - Throws: ``EnvironmentError`` if there is none of this name, with these options, or here.
    public func make(
        _ id: String,
        options: EnvironmentOptions = [:],
        generator: RandomGenerator,
        interruption: WorkerInterruption? = nil
    ) throws(EnvironmentError) -> any Environment {
        let provider = try provider(of: id)
        if let reason = entries.first(where: { $0.specification.id == id })?.unavailableReason {
            // What is wrong with the options comes first: it is wrong anywhere.
            _ = try provider.specification(of: id, options: options)
            throw .unavailable(id, reason: reason)
        }
        return try provider.make(
            id,
            options: options,
            generator: generator,
            interruption: interruption
        )
    }

    /// About how many bytes the process takes up that an environment runs in; 0 if it runs in this
    /// one, or if there is no such environment.
    public func workerByteCount(of id: String) -> Int {
        (try? provider(of: id))?.workerByteCount ?? 0
    }

    private func provider(of id: String) throws(EnvironmentError) -> any EnvironmentProvider {
        if let provider = providersByID[id] { return provider }
        if let provider = providers.first(where: { $0.has(id) }) { return provider }
        let ids = entries.map(\.specification.id)
        throw .unknownEnvironment(id, nearest: nearestName(to: id, among: ids))
    }
}
