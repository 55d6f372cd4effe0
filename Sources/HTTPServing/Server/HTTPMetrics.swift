internal import Synchronization

/// Counts requests and their durations.
final class HTTPMetrics: Sendable {
    private struct Series {
        var method: HTTPMethod?
        var code: UInt16
        var count: Int
    }

    private struct Route {
        var series: [Series] = []
        var buckets = [Int](repeating: 0, count: HTTPMetricsSnapshot.bucketBounds.count + 1)
        var nanoseconds: Int64 = 0
    }

    private let names: [String]
    private let methods: [HTTPMethod]
    /// By number of the route; the last one takes requests that found none.
    private let routes: Mutex<[Route]>

    /// The code under which requests are counted whose client left before the answer.
    static let clientLeftCode: UInt16 = 499

    private static let bounds = HTTPMetricsSnapshot.bucketBounds.map { Int64($0 * 1e9) }

    init(router: Router) {
        names = router.routes.map(\.pattern.text)
        methods = router.routes.map(\.method)
        routes = Mutex([Route](repeating: Route(), count: router.routes.count + 1))
    }

    func count(route: Int?, method: HTTPMethod?, status: HTTPStatus?, duration: Int64) {
        let code = status?.code ?? Self.clientLeftCode
        let bucket = Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count
        let index = route ?? names.count
        routes.withLock { routes in
            routes[index].buckets[bucket] += 1
            routes[index].nanoseconds += duration
            let known = routes[index].series.firstIndex { $0.code == code && $0.method == method }
            if let known {
                routes[index].series[known].count += 1
            } else {
                routes[index].series.append(Series(method: method, code: code, count: 1))
            }
        }
    }

    func snapshot(
        _ counts: (connections: Int, streams: Int),
        _ refusals: HTTPRefusals
    ) -> HTTPMetricsSnapshot {
        let routes = routes.withLock { $0 }
        var snapshot = HTTPMetricsSnapshot(
            connections: counts.connections,
            streams: counts.streams,
            refusedConnections: refusals.connections,
            refusedStreams: refusals.streams,
            requests: [],
            durations: []
        )
        for (index, route) in routes.enumerated() where !route.series.isEmpty {
            let name = index < names.count ? names[index] : nil
            for series in route.series {
                snapshot.requests.append(
                    .init(
                        route: name,
                        method: series.method,
                        code: series.code,
                        count: series.count
                    )
                )
            }
            snapshot.durations.append(
                .init(
                    route: name,
                    method: name == nil ? nil : methods[index],
                    buckets: route.buckets,
                    seconds: Double(route.nanoseconds) / 1e9
                )
            )
        }
        return snapshot
    }
}

/// What a server has counted since it started.
public struct HTTPMetricsSnapshot: Sendable {
    /// The upper bounds of the buckets of durations, in seconds; one more bucket has no bound.
    public static let bucketBounds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
        5, 10,
    ]

    /// Requests of one route, method and status.
    public struct Requests: Sendable {
        /// The route's pattern; nil for requests that found none.
        public let route: String?
        /// Nil for methods that are not known.
        public let method: HTTPMethod?
        /// The status code; 499 where the client left before the answer.
        public let code: UInt16
        /// How many there were.
        public let count: Int
    }

    /// How long the requests of one route took: of one pattern and method.
    public struct Durations: Sendable {
        /// The route's pattern; nil for requests that found none.
        public let route: String?
        /// The route's method, which is GET for HEAD too; nil for requests that found no route.
        public let method: HTTPMethod?
        /// How many took longer than the bucket's lower bound and not longer than its upper one.
        public let buckets: [Int]
        /// The sum of all durations.
        public let seconds: Double
    }

    /// Connections that are open now, those of event streams included.
    public let connections: Int
    /// Event streams that are open now.
    public let streams: Int
    /// Connections that were beyond a limit and turned away.
    public let refusedConnections: Int
    /// Event streams that were beyond a limit and answered with 503.
    public let refusedStreams: Int
    /// Only those that occurred.
    public fileprivate(set) var requests: [Requests]
    /// Only of routes that were asked for.
    public fileprivate(set) var durations: [Durations]
}
