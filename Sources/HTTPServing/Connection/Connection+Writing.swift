extension Connection {
    /// As much as is written before other connections get their turn.
    private static let bytesPerTurn = 4 << 20

    /// Sends what there is to send: first what had to wait, then what the loop holds.
    /// - Returns: Whether the socket has taken all of it, and the connection is still open.
    func flush(on loop: EventLoop) -> Bool {
        guard !isClosed else { return false }
        if outgoing.isEmpty, !loop.output.isEmpty {
            switch socket.send(loop.output.span, moreFollows: false) {
            case .bytes(loop.output.count):
                loop.output.removeAll(keepingCapacity: true)
            case .bytes(let count):
                loop.output.removeFirst(count)
                moveOutput(of: loop)
            case .wouldBlock:
                moveOutput(of: loop)
            case .failed, .end:
                close(on: loop, isAborted: true)
                return false
            }
        }
        if !outgoing.isEmpty {
            moveOutput(of: loop)
            guard sendOutgoing(on: loop) else { return false }
        }
        pump?.resumeProducer()
        if pump == nil, exchange?.status != nil { report(on: loop, isComplete: true) }
        let action = state.outputDrained(hasInput: isReadable || !backlog.isEmpty, at: loop.now)
        perform(action, hasInput: false, on: loop)
        return !isClosed
    }

    /// Puts what the loop holds behind what has to wait.
    func moveOutput(of loop: EventLoop) {
        guard !loop.output.isEmpty else { return }
        outgoing.append(.bytes(loop.output))
        // The bytes have an owner now; the loop's next ones go elsewhere.
        loop.output = []
        loop.output.reserveCapacity(EventLoop.outputBytes)
    }

    private func sendOutgoing(on loop: EventLoop) -> Bool {
        var sent = 0
        while let piece = outgoing.first {
            guard sent < Self.bytesPerTurn else {
                loop.postpone(self)
                break
            }
            switch send(piece) {
            case .bytes(let count):
                outgoing.removeFirst(count)
                state.outputProgressed(byBytes: count)
                sent += count
                continue
            case .wouldBlock:
                break
            case .failed, .end:
                close(on: loop, isAborted: true)
                return false
            }
            break
        }
        guard !outgoing.isEmpty else { return true }
        state.outputBlocked(at: loop.now)
        loop.watchDeadline(of: self)
        return false
    }

    private func send(_ piece: Outgoing.Piece) -> Transfer {
        switch piece {
        case .bytes(let bytes):
            socket.send(
                bytes.span.extracting(outgoing.offset...),
                moreFollows: outgoing.hasMore
            )
        case .file(let file, let range):
            socket.send(file, range)
        }
    }
}
