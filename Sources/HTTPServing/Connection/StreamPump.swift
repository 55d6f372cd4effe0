/// The stream whose pieces a connection sends.
struct StreamPump {
    let isChunked: Bool
    let heartbeat: HTTPStream.Heartbeat?
    /// When something was sent last.
    var sentAt: MonotonicTime
    /// The producer, waiting until its last piece is sent.
    var waiter: CheckedContinuation<Bool, Never>?

    var heartbeatDue: MonotonicTime {
        heartbeat.map { sentAt.advanced(by: $0.nanoseconds) } ?? .distantFuture
    }

    mutating func resumeProducer() {
        waiter?.resume(returning: true)
        waiter = nil
    }
}

/// Where a stream's task, off the loop, puts its pieces.
struct StreamSink: Sendable {
    let loop: EventLoop
    let key: UInt64

    /// Sends all pieces of a stream, each as soon as the socket has taken the one before.
    func pull(_ stream: HTTPStream) async {
        var isBroken = false
        do {
            let next = stream.makeNext()
            while !Task.isCancelled, let piece = try await next() {
                guard await write(piece) else { break }
            }
        } catch {
            // A producer that is told to end may say so by throwing.
            isBroken = !Task.isCancelled
        }
        loop.post { [isBroken] loop in
            loop.tasks -= 1
            loop.connections[key]?.endStream(isBroken: isBroken, on: loop)
        }
    }

    /// Sends a piece and waits until the socket has taken it.
    /// - Returns: Whether somebody still reads.
    private func write(_ piece: [UInt8]) async -> Bool {
        guard !piece.isEmpty else { return true }
        return await withCheckedContinuation { continuation in
            loop.post { loop in
                guard let connection = loop.connections[key] else {
                    return continuation.resume(returning: false)
                }
                connection.pump?.waiter = continuation
                connection.send(piece, on: loop)
            }
        }
    }
}
