/// A body that comes about while it is sent: the next piece is asked for only when the socket has
/// taken the last one, so a slow reader slows its producer and fills no memory.
///
/// The task that pulls is cancelled as soon as the reader is gone or the server ends its streams.
public struct HTTPStream: Sendable {
    /// Gives the next bytes; nil ends the body, an error breaks it off so that the client can tell.
    public typealias Next = () async throws -> [UInt8]?

    /// Called once, by the task that pulls.
    package let makeNext: @Sendable () -> Next
    /// What to send when nothing came for a while.
    var heartbeat: Heartbeat?

    struct Heartbeat: Sendable {
        let bytes: [UInt8]
        let nanoseconds: Int64
    }

    /// Creates a body of what `next` gives.
    public init(_ next: @escaping @Sendable () async throws -> [UInt8]?) {
        makeNext = { next }
    }

    /// Creates a body of the elements of `pieces`, which is iterated once.
    public init<Pieces: AsyncSequence & Sendable>(_ pieces: Pieces)
    where Pieces.Element == [UInt8] {
        makeNext = {
            var iterator = pieces.makeAsyncIterator()
            return { try await iterator.next() }
        }
    }

    /// The same body, with `bytes` sent whenever nothing else was for `interval`.
    public func heartbeat(_ bytes: [UInt8], every interval: Duration) -> Self {
        var stream = self
        stream.heartbeat = Heartbeat(bytes: bytes, nanoseconds: interval.wholeNanoseconds)
        return stream
    }
}
