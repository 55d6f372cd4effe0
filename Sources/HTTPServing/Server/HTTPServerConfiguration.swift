/// Where a server listens and what it allows.
public struct HTTPServerConfiguration: Sendable {
    /// The address or name to listen at.
    public var host = "127.0.0.1"
    /// The port to listen at; 0 lets the system choose.
    public var port = 0
    /// How many event loops share the connections, each with a thread of its own.
    public var loops = 1
    /// How long a loop looks for work before it sleeps; costs a core for that long after each
    /// request, and saves the wake-up where requests follow each other closely.
    public var busyPoll = Duration.zero
    /// How much of anything a client may ask for.
    public var limits = HTTPLimits()
    /// The proxies that are believed when they say, by `Forwarded` or `X-Forwarded-For`, for whom
    /// they ask; each of their clients is held to the limits by itself.
    public var trustedProxies: [AddressRange] = []
    /// How long a client may take.
    public var deadlines = HTTPDeadlines()
    /// What the names of requests are made from; a server that starts anew should have another.
    public var requestIDSeed = UInt64.random(in: .min ... .max)

    /// Creates the configuration written at each property.
    public init() {}
}
