package import RandomNumbers

/// Environments that endpoints play: `http`, wherever its option `url` says.
package struct RemoteEnvironments: EnvironmentProvider {
    /// The id that all of them have.
    package static let id = "http"

    private let access: EnvironmentAccess
    private let makeSessionID: @Sendable () -> String

    /// Creates the provider of endpoints that may be asked.
    /// - Parameters:
    ///   - access: Which ones.
    ///   - makeSessionID: Names a session as no other is, ever. Not from a job's seed: two jobs of one
    ///     seed, or one that goes on after a crash, would play in each other's sessions.
    package init(
        _ access: EnvironmentAccess,
        makeSessionID: @escaping @Sendable () -> String = { randomSessionID() }
    ) {
        self.access = access
        self.makeSessionID = makeSessionID
    }

    package var entries: [EnvironmentCatalog.Entry] {
        [
            EnvironmentCatalog.Entry(
                EnvironmentSpecification(
                    id: Self.id,
                    summary:
                        "Your own simulator behind a URL that the server calls: it serves /spec, /reset "
                        + "and /step.",
                    observation: ObservationSpec(frameShape: [4], scalar: .float32, stack: 1),
                    actionNames: ["0", "1"],
                    options: Self.options
                ),
                isDeclared: true
            )
        ]
    }

    private static let options =
        [
            EnvironmentOption(
                "url",
                "Where it answers, without /spec: http://127.0.0.1:9000.",
                nil,
                .text(limit: 2000)
            ),
            EnvironmentOption(
                "timeout_seconds",
                "How long each answer may take, and how long is waited for a simulator that is started "
                    + "again.",
                10.0,
                .numbers(0.05...3600)
            ),
            EnvironmentOption(
                "retries",
                "How often a step is asked for again after a lost connection or a time-out.",
                2,
                .integers(0...100)
            ),
        ] + DeclaredSpaces.options

    /// The options with what the endpoint says of itself; those that are given must agree with it.
    package func complete(
        _ options: EnvironmentOptions,
        of id: String
    ) throws(EnvironmentError) -> EnvironmentOptions {
        let resolved = try Self.resolve(options)
        let url = try Self.url(resolved)
        let spec: RemoteSpec
        do throws(EndpointFault) {
            // Whoever asks for a job waits for this: nothing is tried again.
            spec = try session(
                url,
                RemoteSession.Timing(
                    seconds: min(resolved.number("timeout_seconds"), 10),
                    retries: 0
                ),
                observationByteCount: 0,
                nil
            ).spec()
        } catch .notAllowed(let reason) {
            throw .invalidOptions(id, [OptionFault(option: "url", message: reason)])
        } catch {
            throw error.environmentError
        }
        if let reason = Self.difference(between: spec, and: resolved, url) {
            throw .invalidOptions(id, [OptionFault(option: reason.option, message: reason.message)])
        }
        return options.merging(spec.options) { given, _ in given }
    }

    package func specification(
        of id: String,
        options: EnvironmentOptions
    ) throws(EnvironmentError) -> EnvironmentSpecification {
        let resolved = try Self.resolve(options)
        _ = try Self.url(resolved)
        return Self.specification(try DeclaredSpaces(resolved.values, of: id))
    }

    package func make(
        _ id: String,
        options: EnvironmentOptions,
        generator: RandomGenerator,
        interruption: WorkerInterruption?
    ) throws(EnvironmentError) -> any Environment {
        let resolved = try Self.resolve(options)
        let url = try Self.url(resolved)
        let spaces = try DeclaredSpaces(resolved.values, of: id)
        let reader = ObservationReader(spaces.observation)
        let session = session(
            url,
            RemoteSession.Timing(
                seconds: resolved.number("timeout_seconds"),
                retries: resolved.integer("retries")
            ),
            observationByteCount: reader.byteCount,
            interruption
        )
        do throws(EndpointFault) {
            if let fault = Self.difference(between: try session.spec(), and: resolved, url) {
                throw .wrong("\(url)/spec: \(fault)")
            }
        } catch {
            throw error.environmentError
        }
        return RemoteEnvironment(
            Self.specification(spaces),
            session: session,
            reader: reader,
            generator: generator
        )
    }

    private func session(
        _ url: EndpointURL,
        _ timing: RemoteSession.Timing,
        observationByteCount: Int,
        _ interruption: WorkerInterruption?
    ) -> RemoteSession {
        RemoteSession(
            makeSessionID(),
            with: EndpointClient(url, access: access, interruption: interruption),
            timing: timing,
            observationByteCount: observationByteCount,
            interruption: interruption
        )
    }

    private static func resolve(
        _ options: EnvironmentOptions
    ) throws(EnvironmentError) -> ResolvedOptions {
        try ResolvedOptions(options, for: id, from: Self.options)
    }

    private static func url(_ options: ResolvedOptions) throws(EnvironmentError) -> EndpointURL {
        do throws(EndpointURLFault) {
            guard case .text(let text) = options.values["url"] else {
                throw EndpointURLFault("must be given; it may be \"http://127.0.0.1:9000\"")
            }
            return try EndpointURL(text)
        } catch {
            throw .invalidOptions(id, [OptionFault(option: "url", message: "\(error)")])
        }
    }

    private static func specification(_ spaces: DeclaredSpaces) -> EnvironmentSpecification {
        EnvironmentSpecification(
            id: id,
            summary: "A simulator behind a URL.",
            observation: spaces.observationSpec,
            actionNames: spaces.actionNames,
            options: options
        )
    }

    /// The first option that is given otherwise than the endpoint says; how many observations make a
    /// state is the learner's to choose.
    private static func difference(
        between spec: RemoteSpec,
        and options: ResolvedOptions,
        _ url: EndpointURL
    ) -> OptionFault? {
        for name in ["observation", "actions"] {
            guard let given = options.values[name], let said = spec.options[name],
                !means(given, said)
            else { continue }
            return OptionFault(
                option: name,
                message:
                    "is \(given.excerpt) in the job's options and \(said.excerpt) as \(url)/spec "
                    + "says it: they must agree, or \"\(name)\" be left out"
            )
        }
        return nil
    }

    /// Whether two values of an option say the same, one of them perhaps with defaults left out.
    private static func means(_ one: OptionValue, _ other: OptionValue) -> Bool {
        if one == other { return true }
        let observations = [one, other].compactMap {
            try? DeclaredObservation($0, option: "observation")
        }
        return observations.count == 2 && observations[0] == observations[1]
    }
}

/// 64 bits of the system's randomness, which decide nothing that is learned.
package func randomSessionID() -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
