/// How long a client may take over each part of an exchange.
///
/// All of them are absolute: counted from where the part began, and not put off by every byte, so
/// that a client which sends or reads one byte now and then is still shown the door.
public struct HTTPDeadlines: Sendable {
    /// From the first byte of a header to its end; later is answered with 408.
    public var header = Duration.seconds(10)
    /// From the end of the header to the end of the body, and one second more for every
    /// ``minimumBodyBytesPerSecond`` that have come; later is answered with 408.
    public var body = Duration.seconds(20)
    /// The rate below which a body is taken for a stalled one.
    public var minimumBodyBytesPerSecond = 16_384
    /// From the end of one response to the first byte of the next request.
    public var idle = Duration.seconds(30)
    /// The time in which a reader that holds up a response must take in
    /// ``minimumWriteBytesPerSecond`` for each second, or be dropped.
    public var writeStall = Duration.seconds(30)
    /// The rate below which a reader is taken for a stalled one.
    public var minimumWriteBytesPerSecond = 1_024
    /// How long a closing connection goes on reading, so that the client gets to see the last
    /// response (RFC 9112 §9.6).
    public var linger = Duration.seconds(5)
    /// How long a server that shuts down waits for the rest of a request that has begun, and for
    /// the end of a closing connection.
    public var drain = Duration.seconds(1)
    /// How long a connection beyond the limits may take to say that it is a health check.
    public var reserved = Duration.seconds(1)

    /// Creates the deadlines written at each property.
    public init() {}
}

/// Limits and deadlines as every connection of a server shares them.
final class ConnectionSettings: Sendable {
    let limits: HTTPLimits
    let deadlines: HTTPDeadlines
    let headerNanoseconds: Int64
    let bodyNanoseconds: Int64
    let bodyNanosecondsPerByte: Int64
    let idleNanoseconds: Int64
    let writeStallNanoseconds: Int64
    let writeStallBytes: Int
    let lingerNanoseconds: Int64
    let drainNanoseconds: Int64
    let reservedNanoseconds: Int64

    var shortestDeadlineNanoseconds: Int64 {
        let all = [
            headerNanoseconds, bodyNanoseconds, idleNanoseconds, writeStallNanoseconds,
            lingerNanoseconds, drainNanoseconds, reservedNanoseconds,
        ]
        return max(all.min() ?? 0, 16_000_000)
    }

    init(limits: HTTPLimits, deadlines: HTTPDeadlines) {
        precondition(
            deadlines.minimumBodyBytesPerSecond > 0 && deadlines.minimumWriteBytesPerSecond >= 0,
            "least rates are \(deadlines.minimumBodyBytesPerSecond) and "
                + "\(deadlines.minimumWriteBytesPerSecond), expected more than 0"
        )
        self.limits = limits
        self.deadlines = deadlines
        headerNanoseconds = deadlines.header.wholeNanoseconds
        bodyNanoseconds = deadlines.body.wholeNanoseconds
        bodyNanosecondsPerByte = 1_000_000_000 / Int64(deadlines.minimumBodyBytesPerSecond)
        idleNanoseconds = deadlines.idle.wholeNanoseconds
        writeStallNanoseconds = deadlines.writeStall.wholeNanoseconds
        let (seconds, attoseconds) = deadlines.writeStall.components
        writeStallBytes = Int(
            (Double(seconds) + Double(attoseconds) / 1e18)
                * Double(deadlines.minimumWriteBytesPerSecond)
        )
        lingerNanoseconds = deadlines.linger.wholeNanoseconds
        drainNanoseconds = deadlines.drain.wholeNanoseconds
        reservedNanoseconds = deadlines.reserved.wholeNanoseconds
    }
}
