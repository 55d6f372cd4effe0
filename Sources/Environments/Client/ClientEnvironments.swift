package import RandomNumbers

/// The environment that whoever calls plays: a game, a robot, a page.
///
/// The server sees observations and rewards, and says what to do; nothing of it runs here.
package struct ClientEnvironments: EnvironmentProvider {
    /// Its id.
    package static let id = "client"

    /// Creates the provider.
    package init() {}

    package var entries: [EnvironmentCatalog.Entry] {
        let example = EnvironmentSpecification(
            id: Self.id,
            summary: "Played by whoever calls: a game, a robot, a page; see «Clients that play».",
            observation: ObservationSpec(frameShape: [1], scalar: .float32, stack: 1),
            actionNames: ["0", "1"],
            options: Self.options
        )
        return [EnvironmentCatalog.Entry(example, isDeclared: true)]
    }

    package func specification(
        of id: String,
        options: EnvironmentOptions
    ) throws(EnvironmentError) -> EnvironmentSpecification {
        let spaces = try ClientOptions(options).spaces
        return EnvironmentSpecification(
            id: id,
            summary: "Played by whoever calls.",
            observation: spaces.observationSpec,
            actionNames: spaces.actionNames,
            options: Self.options
        )
    }

    package func make(
        _ id: String,
        options: EnvironmentOptions,
        generator: RandomGenerator,
        interruption: WorkerInterruption?
    ) throws(EnvironmentError) -> any Environment {
        throw .unavailable(
            id,
            reason: "it is played by who calls a server, POST /v1/jobs/{id}/players, and nowhere "
                + "else"
        )
    }

    static let options =
        DeclaredSpaces.options + [
            EnvironmentOption(
                "lease_seconds",
                "Seconds after which a player that is not heard loses its place: its episodes are cut "
                    + "as time-outs.",
                30.0,
                .numbers(0.1...86_400)
            ),
            EnvironmentOption(
                "maximum_lag_updates",
                "How many updates learning may lag behind the steps that were made; beyond it, actions "
                    + "wait for learning.",
                100,
                .integers(1...1_000_000)
            ),
        ]
}

/// What a job says of the clients that play it.
package struct ClientOptions: Sendable {
    /// What they show and take.
    package let spaces: DeclaredSpaces
    /// Seconds after which a player that is not heard is gone.
    package let leaseSeconds: Double
    /// How many updates learning may lag behind.
    package let maximumLagUpdates: Int

    /// Reads the options of a job.
    /// - Throws: ``EnvironmentError/invalidOptions(_:_:)`` with what is wrong.
    package init(_ options: EnvironmentOptions) throws(EnvironmentError) {
        let id = ClientEnvironments.id
        let resolved = try ResolvedOptions(options, for: id, from: ClientEnvironments.options)
        spaces = try DeclaredSpaces(options, of: id)
        leaseSeconds = resolved.number("lease_seconds")
        maximumLagUpdates = resolved.integer("maximum_lag_updates")
    }
}
