extension Connection {
    /// Lets a stream's pieces follow the header.
    func start(_ stream: HTTPStream, isChunked: Bool, on loop: EventLoop) {
        loop.tasks += 1
        pump = StreamPump(isChunked: isChunked, heartbeat: stream.heartbeat, sentAt: loop.now)
        let sink = StreamSink(loop: loop, key: key)
        task = Task { await sink.pull(stream) }
        if loop.isDraining { task?.cancel() }
    }

    /// Sends a piece in its framing.
    func send(_ piece: [UInt8], on loop: EventLoop) {
        let before = loop.output.count
        if pump?.isChunked == true {
            // RFC 9112 §7.1.
            loop.output.append(hexadecimal: piece.count)
            loop.output.append("\r\n")
            loop.output.append(piece.span)
            loop.output.append("\r\n")
        } else {
            loop.output.append(piece.span)
        }
        exchange?.responseBytes += loop.output.count - before
        pump?.sentAt = loop.now
        serve(on: loop)
    }

    /// Sends what shows that the connection is alive, unless older bytes wait anyway.
    func beat(on loop: EventLoop) {
        guard let heartbeat = pump?.heartbeat else { return }
        guard outgoing.isEmpty else {
            pump?.sentAt = loop.now
            return
        }
        send(heartbeat.bytes, on: loop)
    }

    /// The producer has given its last piece; where it broke off before the end, the client must
    /// not take what it has for the whole.
    func endStream(isBroken: Bool, on loop: EventLoop) {
        guard let pump else { return }
        task = nil
        if isBroken { return close(on: loop, isAborted: true) }
        self.pump = nil
        if case .stream(let client) = place {
            loop.quota.endStream(for: client, of: owner)
            place = .request
        }
        if pump.isChunked { loop.output.append("0\r\n\r\n") }
        state.endResponse(at: loop.now)
        serve(on: loop)
    }
}
