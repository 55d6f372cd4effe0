import ArgumentParser
import HTTPServing

/// How many clients the server takes at once, and whom it believes about who they are.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "How many connections may be open at once, without those of event streams.")
    var maxConnections = HTTPLimits().connections

    @Option(help: "How many of these from one address; proxies that are trusted have no limit.")
    var maxConnectionsPerAddress = HTTPLimits().connectionsPerAddress

    @Option(help: "How many event streams may be open at once.")
    var maxStreams = HTTPLimits().streams

    @Option(help: "How many event streams for one address.")
    var maxStreamsPerAddress = HTTPLimits().streamsPerAddress

    @Option(
        name: .customLong("trusted-proxy"),
        help: ArgumentHelp(
            "A proxy that is believed when it says for whom it asks; may be given several times.",
            discussion: """
                The client is then the last address of Forwarded or X-Forwarded-For that is no \
                such proxy: in the access log, and for the limits on each address.
                """,
            valueName: "address[/bits]"
        )
    )
    var trustedProxies: [String] = []

    func validate() throws {
        for (name, value) in [
            ("max-connections", maxConnections),
            ("max-connections-per-address", maxConnectionsPerAddress),
            ("max-streams", maxStreams), ("max-streams-per-address", maxStreamsPerAddress),
        ] {
            guard (1...1_000_000).contains(value) else {
                throw ValidationError("--\(name) is \(value), expected 1...1000000")
            }
        }
        _ = try ranges()
    }

    /// Sets what the options say.
    func apply(to configuration: inout HTTPServerConfiguration) throws {
        configuration.limits.connections = maxConnections
        configuration.limits.connectionsPerAddress = maxConnectionsPerAddress
        configuration.limits.streams = maxStreams
        configuration.limits.streamsPerAddress = maxStreamsPerAddress
        configuration.trustedProxies = try ranges()
    }

    private func ranges() throws -> [AddressRange] {
        try trustedProxies.map { text in
            guard let range = AddressRange(text) else {
                throw ValidationError(
                    "--trusted-proxy is \"\(text.prefix(80))\", expected an address like "
                        + "10.0.0.1 or fd00::1, or a range like 10.0.0.0/8"
                )
            }
            return range
        }
    }
}
