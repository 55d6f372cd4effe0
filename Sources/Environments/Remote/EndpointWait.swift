internal import Glibc

/// How long something of an endpoint may be waited for, and who may cut that short.
struct EndpointWait {
    /// What is waited for, as a sentence names it: "http://127.0.0.1:9000/step".
    let place: String
    /// How long it may take.
    let seconds: Double
    let interruption: WorkerInterruption?
    private let start = ContinuousClock.now

    init(for place: String, seconds: Double, interruption: WorkerInterruption?) {
        self.place = place
        self.seconds = seconds
        self.interruption = interruption
    }

    /// How long has been waited.
    var elapsedSeconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Waits until a socket can be read or written, or its other end is closed.
    /// - Throws: ``EndpointFault/silent(_:)`` or ``EndpointFault/interrupted(_:)``.
    func until(_ socket: Descriptor, is event: Int32) throws(EndpointFault) {
        while true {
            let left = seconds - elapsedSeconds
            // In pieces, since nothing else ends a poll when somebody begins to wait.
            let piece = interruption == nil ? left : min(left, 0.05)
            let milliseconds = Int32(max(0, (piece * 1000).rounded(.up)))
            var request = pollfd(fd: socket.number, events: Int16(event), revents: 0)
            if unsafe Glibc.poll(&request, 1, milliseconds) > 0 { return }
            guard elapsedSeconds < seconds else {
                throw .silent(
                    "\(place) did not answer within \(seconds) s; \"timeout_seconds\" may be longer"
                )
            }
            try check()
        }
    }

    /// Lets time pass before the next attempt.
    /// - Throws: ``EndpointFault/interrupted(_:)``.
    func pause(seconds: Double) throws(EndpointFault) {
        let pause = EndpointWait(for: place, seconds: seconds, interruption: interruption)
        while pause.elapsedSeconds < seconds {
            let left = min(seconds - pause.elapsedSeconds, 0.05)
            // Nothing is polled: it only ends by itself.
            _ = Glibc.poll(nil, 0, Int32(max(1, (left * 1000).rounded(.up))))
            try check()
        }
    }

    /// - Throws: ``EndpointFault/interrupted(_:)`` where somebody has waited long enough for the owner.
    private func check() throws(EndpointFault) {
        guard let patience = interruption?.patienceSeconds, elapsedSeconds >= patience else {
            return
        }
        let tenths = (elapsedSeconds * 10).rounded() / 10
        throw .interrupted(
            "\(place) had not answered for \(tenths) s while its job was waited for"
        )
    }
}
