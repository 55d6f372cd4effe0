internal import Glibc

/// An HTTP/1.1 server (RFC 9110, RFC 9112) over TCP.
public final class HTTPServer: Sendable {
    /// The port that clients connect to.
    public let port: Int
    private let address: PeerAddress
    private let loops: [EventLoop]
    private let metrics: HTTPMetrics
    private let quota: ConnectionQuota
    private let refusals: RefusalReporter

    /// Starts a server; it answers as soon as this returns.
    ///
    /// For each request that has ended `onAccess` is called on an event loop, and `onRefusal` at
    /// most once a second where connections or streams were beyond a limit; neither may block.
    public convenience init(
        _ configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
        application: HTTPApplication,
        onAccess: (@Sendable (AccessRecord) -> Void)? = nil,
        onRefusal: (@Sendable (HTTPRefusals) -> Void)? = nil
    ) throws(HTTPServerError) {
        try self.init(
            configuration,
            application: application,
            clock: .system,
            onAccess: onAccess,
            onRefusal: onRefusal
        )
    }

    init(
        _ configuration: HTTPServerConfiguration,
        application: HTTPApplication,
        clock: ServerClock,
        onAccess: (@Sendable (AccessRecord) -> Void)?,
        onRefusal: (@Sendable (HTTPRefusals) -> Void)?
    ) throws(HTTPServerError) {
        precondition(configuration.loops > 0, "server has \(configuration.loops) loops, expected 1")
        // sendfile has no flag that spares the process this signal.
        _ = signal(SIGPIPE, SIG_IGN)
        let limits = configuration.limits
        metrics = HTTPMetrics(router: application.router)
        quota = ConnectionQuota(
            limits: ConnectionQuota.Limits(limits, descriptors: Self.descriptorLimit())
        )
        refusals = RefusalReporter(onRefusal)
        let listener = try Listener(host: configuration.host, port: configuration.port)
        address = listener.address
        port = Int(listener.address.port)
        let shared = SharedListener(listener)
        let settings = ConnectionSettings(limits: limits, deadlines: configuration.deadlines)
        let reporter = RequestReporter(
            seed: configuration.requestIDSeed,
            metrics: metrics,
            onAccess: onAccess
        )
        var loops: [EventLoop] = []
        for number in 0..<configuration.loops {
            loops.append(
                try EventLoop(
                    number: number,
                    application: application,
                    settings: settings,
                    reporter: reporter,
                    quota: quota,
                    refusals: refusals,
                    proxies: TrustedProxies(ranges: configuration.trustedProxies),
                    clock: clock,
                    busyPoll: configuration.busyPoll
                )
            )
        }
        self.loops = loops
        for loop in loops {
            loop.start(listener: shared)
        }
    }

    /// How many connections the process has descriptors for, with some left for files.
    private static func descriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .max
        }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return max(Int(clamping: limit.rlim_cur) - 32, 8)
    }

    /// Address and port, as in "127.0.0.1:8080".
    public var endpoint: String {
        address.description
    }

    /// What has been counted so far.
    public func snapshot() -> HTTPMetricsSnapshot {
        metrics.snapshot(quota.counts, refusals.totals)
    }

    /// Takes no more requests, lets those under way finish, ends streams, and returns when all
    /// connections are closed.
    /// - Parameter grace: After this time connections are closed whatever they are doing.
    public func shutDown(within grace: Duration) async {
        for loop in loops {
            loop.post { $0.drain() }
        }
        let killer = Task { [loops] in
            try await Task.sleep(for: grace)
            for loop in loops {
                loop.post { $0.closeAll() }
            }
        }
        for loop in loops {
            await loop.finished()
        }
        killer.cancel()
        _ = await killer.result
    }
}
