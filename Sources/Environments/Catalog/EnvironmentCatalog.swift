public import RandomNumbers

/// Every environment there is, whether it can run here, and how to make one.
public struct EnvironmentCatalog: Sendable {
    /// All of them, the built-in ones first, then the Atari games by name.
    public let entries: [Entry]

    private let arcade: WorkerProgram?

    /// One environment of the catalog.
    public struct Entry: Equatable, Sendable {
        /// What it is, with its default options.
        public let specification: EnvironmentSpecification

        /// Why it cannot run here, naming the command that mends it; nil where it can.
        public let unavailableReason: String?
    }

    /// Looks what can run here, which for Atari asks the interpreter: a fraction of a second.
    /// - Parameter python: The path of a Python that has ale-py, for the Atari games; nil for none.
    public init(python: String?) {
        self.init(arcade: python.map { .arcade(python: $0) })
    }

    /// Looks what can run here with a worker program of one's choice.
    package init(arcade: WorkerProgram?) {
        self.arcade = arcade
        let installed = Result { () throws(EnvironmentError) in try Self.games(of: arcade) }
        entries =
            Self.builtIn.map { Entry(specification: $0.specification, unavailableReason: nil) }
            + Atari.minimalActionNames.sorted { $0.key < $1.key }.map { game, actionNames in
                Entry(
                    specification: Atari.specification(
                        id: "atari/\(game)",
                        actionNames: actionNames
                    ),
                    unavailableReason: Self.reason(why: game, isMissingFrom: installed)
                )
            }
    }

    /// What an environment is with the given options.
    /// - Throws: ``EnvironmentError`` where the name is unknown or an option is wrong; not where
    ///   it cannot run here.
    public func specification(
        of id: String,
        options: EnvironmentOptions = [:]
    ) throws(EnvironmentError) -> EnvironmentSpecification {
        let known = try entry(id).specification
        if let builtIn = Self.builtIn.first(where: { $0.specification.id == id }) {
            return try builtIn.make(options, RandomGenerator(seed: 0)).specification
        }
        let isFull = try AtariOptions(options, for: id).hasFullActionSet
        return isFull ? Atari.specification(id: id, actionNames: Atari.actionNames) : known
    }

    /// The given options with every other one at its default.
    /// - Throws: ``EnvironmentError`` where the name is unknown or an option is wrong.
    public func completeOptions(
        _ options: EnvironmentOptions,
        for id: String
    ) throws(EnvironmentError) -> EnvironmentOptions {
        try ResolvedOptions(options, for: id, from: entry(id).specification.options).values
    }

    /// Makes an environment, which for Atari starts a worker process.
    /// - Parameters:
    ///   - id: Its name.
    ///   - options: What deviates from its defaults.
    ///   - generator: All its randomness.
    ///   - interruption: Cuts waits for a silent worker process short.
    /// - Returns: An environment before its first episode.
    /// - Throws: ``EnvironmentError`` where it cannot be.
    public func make(
        _ id: String,
        options: EnvironmentOptions = [:],
        generator: RandomGenerator,
        interruption: WorkerInterruption? = nil
    ) throws(EnvironmentError) -> any Environment {
        let entry = try entry(id)
        if let builtIn = Self.builtIn.first(where: { $0.specification.id == id }) {
            return try builtIn.make(options, generator)
        }
        let atariOptions = try AtariOptions(options, for: id)
        guard entry.unavailableReason == nil, let arcade else {
            throw .unavailable(id, reason: entry.unavailableReason ?? "")
        }
        var generator = generator
        // The emulator has a generator of its own; 0 would seed it by the clock.
        let seed = Int32(generator.integer(below: Int(Int32.max))) + 1
        let worker = try AtariWorker(
            game: String(id.dropFirst("atari/".count)),
            hasFullActionSet: atariOptions.hasFullActionSet,
            seed: seed,
            program: arcade,
            interruption: interruption
        )
        return AtariEnvironment(
            id: id,
            options: atariOptions,
            source: worker,
            generator: generator
        )
    }

    private func entry(_ id: String) throws(EnvironmentError) -> Entry {
        if let entry = entries.first(where: { $0.specification.id == id }) { return entry }
        let ids = entries.map(\.specification.id)
        throw .unknownEnvironment(id, nearest: nearest(to: id, among: ids))
    }

    /// An environment that is part of the program.
    private struct BuiltIn: Sendable {
        let specification: EnvironmentSpecification
        let make:
            @Sendable (EnvironmentOptions, RandomGenerator) throws(EnvironmentError)
                -> any Environment
    }

    private static let builtIn: [BuiltIn] = [
        BuiltIn(specification: Catch.specification) { options, generator throws(EnvironmentError) in
            _ = try ResolvedOptions(options, for: Catch.specification.id, from: [])
            return Catch(generator: generator)
        },
        BuiltIn(
            specification: CartPole.specification
        ) { options, generator throws(EnvironmentError) in
            try CartPole(options: options, generator: generator)
        },
        BuiltIn(specification: Routes.specification) { options, _ throws(EnvironmentError) in
            _ = try ResolvedOptions(options, for: Routes.specification.id, from: [])
            return Routes()
        },
        BuiltIn(
            specification: FrozenLake.defaultSpecification
        ) { options, generator throws(EnvironmentError) in
            try FrozenLake(options: options, generator: generator)
        },
    ]

    private static func games(
        of arcade: WorkerProgram?
    ) throws(EnvironmentError) -> Set<Substring> {
        guard let arcade else { throw .workerNotStarted(reason: "no Python interpreter is given") }
        let answer = try WorkerConversation(
            with: arcade,
            arguments: ["--games"],
            screens: SharedScreens()
        )
        return Set(answer.greeting.split(separator: " "))
    }

    private static func reason(
        why game: String,
        isMissingFrom installed: Result<Set<Substring>, EnvironmentError>
    ) -> String? {
        let remedy = "\"make python-environment\" installs Python and ale-py in .python"
        switch installed {
        case .success(let games):
            return games.contains(game[...]) ? nil : "this ale-py has no ROM of it; \(remedy)"
        case .failure(let error): return "\(error); \(remedy)"
        }
    }
}
