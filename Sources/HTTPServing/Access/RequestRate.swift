internal import Synchronization

/// How many requests one client may make: so many a second, and so many at once.
public struct RequestRate: Sendable {
    /// How fast a client that uses its allowance gets it back.
    public var requestsPerSecond: Double
    /// How many requests a client may make at once after a pause.
    public var burst: Int

    /// Creates a rate of its two numbers, both more than 0.
    public init(requestsPerSecond: Double, burst: Int) {
        precondition(
            requestsPerSecond > 0 && burst > 0,
            "rate is \(requestsPerSecond) with burst \(burst), expected more than 0"
        )
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
    }
}

/// Holds each client to a ``RequestRate`` with a token bucket.
final class RateLimiter: Sendable {
    private struct State {
        /// When each client's bucket would be full if nothing more was taken.
        var fullAt: [PeerAddress.Client: MonotonicTime] = [:]
        /// Beyond this many clients the full buckets are forgotten.
        var clientLimit = 4_096

        mutating func forgetFull(at now: MonotonicTime) {
            guard fullAt.count >= clientLimit else { return }
            fullAt = fullAt.filter { $0.value > now }
            clientLimit = max(4_096, fullAt.count * 2)
        }
    }

    private let nanosecondsPerRequest: Int64
    private let burst: Int64
    private let state = Mutex(State())

    init(_ rate: RequestRate) {
        nanosecondsPerRequest = Int64((1e9 / rate.requestsPerSecond).rounded(.up))
        burst = Int64(rate.burst)
    }

    /// Takes one request out of the client's bucket.
    func admit(_ peer: PeerAddress, at now: MonotonicTime) throws(HTTPError) {
        let wait = state.withLock { state -> Int64 in
            state.forgetFull(at: now)
            let fullAt = max(state.fullAt[peer.client] ?? now, now)
                .advanced(by: nanosecondsPerRequest)
            let wait = fullAt.nanoseconds - now.nanoseconds - burst * nanosecondsPerRequest
            if wait <= 0 { state.fullAt[peer.client] = fullAt }
            return wait
        }
        guard wait > 0 else { return }
        throw HTTPError(
            .tooManyRequests,
            code: "rate_limited",
            "too many requests from \(peer.host), expected at most \(burst) at once",
            headers: ["Retry-After": String(wait / 1_000_000_000 + 1)]
        )
    }
}
